function order(a, b) {
    var c = a + (a = 2) + a;
    b[a] = a++ + f(a, a++, a);
    a = a && b;
    ({ a, b } = a);
    [a, b] = [b, a];
    return c;
}
