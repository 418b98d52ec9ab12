class B extends A {
    #p = 1;
    static s = 2;
    constructor(a) { super(a); this.q = () => this.#p; }
    m() { return super.m(); }
}
