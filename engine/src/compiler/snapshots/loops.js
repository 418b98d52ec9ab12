function sum(a, limit) {
    var s = 0;
    for (var i = 0; i < a.length; i++) {
        if (a[i] > limit && s !== 3) s += a[i] * 2;
        else s = s + sum(a, i);
    }
    while (s > 100) s -= 7;
    do { s ^= 5; if (s === 2) continue; if (!s) break; } while (typeof limit === "number");
    return s;
}
