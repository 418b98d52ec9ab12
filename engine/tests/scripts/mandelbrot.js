// A picture of the Mandelbrot set, made of characters.
var width = 64, height = 24, limit = 50;
var palette = " .:-=+*#%@";

function Complex(re, im) {
  this.re = re;
  this.im = im;
}

function iterate(c) {
  var re = 0, im = 0;
  for (var n = 0; n < limit; n++) {
    var re2 = re * re, im2 = im * im;
    if (re2 + im2 > 4) return n;
    im = 2 * re * im + c.im;
    re = re2 - im2 + c.re;
  }
  return limit;
}

function shade(n) {
  return palette.charAt(n === limit ? palette.length - 1 : n % (palette.length - 1));
}

var histogram = [];
for (var i = 0; i < palette.length; i++) histogram[i] = 0;

for (var y = 0; y < height; y++) {
  var row = [];
  for (var x = 0; x < width; x++) {
    var c = new Complex(3 * x / width - 2.2, 2.4 * y / height - 1.2);
    var character = shade(iterate(c));
    histogram[palette.indexOf(character)]++;
    row.push(character);
  }
  console.log(row.join("").trimEnd());
}

var summary = histogram.map(function (count, i) {
  return "'" + palette[i] + "' " + count;
});
console.log(summary.join(", "));
