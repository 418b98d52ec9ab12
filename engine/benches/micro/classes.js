class Point {
  constructor(x, y) { this.x = x; this.y = y; }
  norm() { return this.x * this.x + this.y * this.y; }
  get sum() { return this.x + this.y; }
  set sum(value) { this.x = value - this.y; }
  static origin() { return new Point(0, 0); }
}
class Point3 extends Point {
  constructor(x, y, z) { super(x, y); this.z = z; }
  norm() { return super.norm() + this.z * this.z; }
}
class Implicit extends Point3 {}
class Fields { a = 1; b = [2]; c = this.a + 2; }
class Counter {
  #count = 0;
  static #made = 0;
  constructor() { Counter.#made++; }
  #step(by) { this.#count += by; }
  get #double() { return this.#count * 2; }
  up() { this.#step(2); return this.#double; }
  static is(other) { return #count in other; }
}

measure('classes/construct', n => {
  let sum = 0;
  for (let i = 0; i < n; i++) sum += new Point(i & 3, 2).x;
  return sum;
});
measure('classes/construct derived', n => {
  let sum = 0;
  for (let i = 0; i < n; i++) sum += new Point3(1, 2, i & 3).z;
  return sum;
});
measure('classes/construct without a constructor', n => {
  let sum = 0;
  for (let i = 0; i < n; i++) sum += new Implicit(1, 2, i & 3).z;
  return sum;
});
measure('classes/methods and super', n => {
  const point = new Point3(1, 2, 3);
  let sum = 0;
  for (let i = 0; i < n; i++) sum += point.norm();
  return sum;
});
measure('classes/fields', n => {
  let sum = 0;
  for (let i = 0; i < n; i++) sum += new Fields().c;
  return sum;
});
measure('classes/private names', n => {
  const counter = new Counter();
  let last;
  for (let i = 0; i < n; i++) last = counter.up() + Counter.is(counter);
  return last;
});
measure('classes/construct with private names', n => {
  let sum = 0;
  for (let i = 0; i < n; i++) sum += new Counter().up();
  return sum;
});
measure('classes/accessors', n => {
  const point = new Point(1, 2);
  let sum = 0;
  for (let i = 0; i < n; i++) { point.sum = i; sum += point.sum; }
  return sum;
});
measure('classes/static and instanceof', n => {
  let sum = 0;
  for (let i = 0; i < n; i++) if (Point.origin() instanceof Point) sum++;
  return sum;
});
measure('classes/evaluate a class', n => {
  let sum = 0;
  for (let i = 0; i < n; i++) {
    const C = class extends Point { constructor() { super(1, 2); } twice() { return 2; } static make() { return 3; } };
    sum += C.make();
  }
  return sum;
});
