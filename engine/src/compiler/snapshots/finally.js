function leave(list) {
    try {
        for (const x of list) {
            if (x) return 5;
            try { break; } finally { first(); }
        }
    } catch (e) {
        caught(e);
    } finally {
        last();
    }
}
