//! The course of a simulation as a drawing.

use std::fmt::Write;

use super::{Config, MB, Sample};

const WIDTH: f64 = 960.0;
const LEFT: f64 = 80.0;
const RIGHT: f64 = 20.0;
const GAP: f64 = 60.0;
const TOP: f64 = 70.0;
/// Heights of the two panels.
const MEMORY: f64 = 300.0;
const ENTRIES: f64 = 130.0;
/// Points along the time axis; what lies between is drawn from the least to the most.
const COLUMNS: usize = 400;

/// Axes of a panel: what lies where.
struct Panel {
    top: f64,
    height: f64,
    seconds: f64,
    most: f64,
}

impl Panel {
    fn x(&self, time: f64) -> f64 {
        LEFT + time / self.seconds * (WIDTH - LEFT - RIGHT)
    }

    fn y(&self, value: f64) -> f64 {
        self.top + self.height * (1.0 - value / self.most)
    }

    /// Frame, lines and numbers.
    fn axes(&self, svg: &mut String, title: &str, time: bool) -> std::fmt::Result {
        let (right, bottom) = (WIDTH - RIGHT, self.top + self.height);
        let step = round_step(self.most / 5.0);
        for n in 0..=(self.most / step) as u32 {
            let value = f64::from(n) * step;
            let y = self.y(value);
            writeln!(svg, r##"<line x1="{LEFT}" y1="{y:.1}" x2="{right}" y2="{y:.1}" stroke="#dddddd"/>"##)?;
            writeln!(svg, r#"<text x="{:.1}" y="{:.1}" text-anchor="end">{value}</text>"#, LEFT - 8.0, y + 4.0)?;
        }
        let step = round_step(self.seconds / 10.0);
        for n in 0..=(self.seconds / step) as u32 {
            let value = f64::from(n) * step;
            let x = self.x(value);
            writeln!(
                svg,
                r##"<line x1="{x:.1}" y1="{bottom:.1}" x2="{x:.1}" y2="{:.1}" stroke="#444444"/>"##,
                bottom + 5.0
            )?;
            if time {
                writeln!(svg, r#"<text x="{x:.1}" y="{:.1}" text-anchor="middle">{value}</text>"#, bottom + 20.0)?;
            }
        }
        writeln!(svg, r##"<path d="M{LEFT} {:.1}V{bottom:.1}H{right}" fill="none" stroke="#444444"/>"##, self.top)?;
        let middle = self.top + self.height / 2.0;
        writeln!(svg, r#"<text transform="translate(22 {middle:.1}) rotate(-90)" text-anchor="middle">{title}</text>"#)
    }
}

/// The next number like 1, 2 or 5 times a power of ten.
fn round_step(least: f64) -> f64 {
    let power = 10_f64.powf(least.max(1e-9).log10().floor());
    [1.0, 2.0, 5.0].into_iter().map(|n| n * power).find(|&step| step >= least).unwrap_or(10.0 * power)
}

/// What happened during a part of the time.
struct Column {
    time: f64,
    least: f64,
    most: f64,
    next: f64,
    entries: f64,
}

/// Draws memory in use, next collection and limit above, the size of the map below.
pub fn svg(config: &Config, samples: &[Sample]) -> String {
    let mut svg = String::new();
    draw(&mut svg, config, samples).expect("text can always be written to a string");
    svg
}

fn draw(svg: &mut String, config: &Config, samples: &[Sample]) -> std::fmt::Result {
    let mb = |bytes: u64| bytes as f64 / MB as f64;
    let columns: Vec<Column> = samples
        .chunks(samples.len().div_ceil(COLUMNS).max(1))
        .map(|chunk| Column {
            time: chunk.last().map_or(0.0, |sample| sample.time),
            least: mb(chunk.iter().map(|sample| sample.least).min().unwrap_or(0)),
            most: mb(chunk.iter().map(|sample| sample.most).max().unwrap_or(0)),
            next: mb(chunk.iter().map(|sample| sample.next_collection).max().unwrap_or(0)),
            entries: chunk.iter().map(|sample| sample.entries as f64).sum::<f64>() / chunk.len() as f64,
        })
        .collect();
    let seconds = (config.seconds as f64).max(1.0);
    let most_entries = columns.iter().map(|column| column.entries).fold(1.0, f64::max);
    let memory = Panel { top: TOP, height: MEMORY, seconds, most: mb(config.limit) * 1.1 };
    let entries = Panel { top: TOP + MEMORY + GAP / 2.0, height: ENTRIES, seconds, most: most_entries * 1.1 };
    let height = entries.top + ENTRIES + GAP;

    writeln!(
        svg,
        r#"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" font-family="sans-serif" font-size="13">"#
    )?;
    writeln!(svg, r#"<rect width="{WIDTH}" height="{height}" fill="white"/>"#)?;
    let title = format!("{} MB/s into a cache, limit {} MB", mb(config.rate), mb(config.limit));
    writeln!(svg, r#"<text x="{LEFT}" y="24" font-size="17">{title}</text>"#)?;
    memory.axes(svg, "memory (MB)", false)?;
    entries.axes(svg, "map size (entries)", true)?;
    let x = (LEFT + WIDTH - RIGHT) / 2.0;
    writeln!(svg, r#"<text x="{x}" y="{:.1}" text-anchor="middle">simulated time (s)</text>"#, height - 16.0)?;

    let point =
        |panel: &Panel, column: &Column, value: f64| format!("{:.1},{:.1} ", panel.x(column.time), panel.y(value));
    let mut band: String = columns.iter().map(|column| point(&memory, column, column.most)).collect();
    band.extend(columns.iter().rev().map(|column| point(&memory, column, column.least)));
    writeln!(svg, r##"<polygon points="{band}" fill="#4477aa" fill-opacity="0.55" stroke="#4477aa"/>"##)?;
    let next: String = columns.iter().map(|column| point(&memory, column, column.next)).collect();
    writeln!(svg, r##"<polyline points="{next}" fill="none" stroke="#228833" stroke-width="1.2"/>"##)?;
    let size: String = columns.iter().map(|column| point(&entries, column, column.entries)).collect();
    writeln!(svg, r##"<polyline points="{size}" fill="none" stroke="#aa3377" stroke-width="1.2"/>"##)?;
    let (y, right) = (memory.y(mb(config.limit)), WIDTH - RIGHT);
    writeln!(
        svg,
        r##"<line x1="{LEFT}" y1="{y:.1}" x2="{right}" y2="{y:.1}" stroke="#cc3311" stroke-width="2" stroke-dasharray="8 4"/>"##
    )?;

    let legend = [
        ("#4477aa", "memory in use (least to most)"),
        ("#228833", "next collection"),
        ("#cc3311", "limit"),
        ("#aa3377", "map size"),
    ];
    let mut x = LEFT;
    for (colour, text) in legend {
        writeln!(svg, r#"<rect x="{x}" y="40" width="14" height="12" fill="{colour}"/>"#)?;
        writeln!(svg, r#"<text x="{}" y="51">{text}</text>"#, x + 20.0)?;
        x += 60.0 + 7.0 * text.len() as f64;
    }
    writeln!(svg, "</svg>")
}
