function counter() {
    "use strict";
    let n = 0;
    const fs = [];
    for (let i = 0; i < 3; i++) fs.push(() => i + n);
    return { inc() { return n++; }, get value() { return n; } };
}
function dynamic(s) { var here = 1; eval(s); with (s) { here = there; } return typeof here; }
function args() { return f.apply(this, arguments) + arguments.length + arguments[1]; }
