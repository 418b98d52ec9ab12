function sw(n) { switch (n) { case 0: return 1; case 1: case 2: f(); break; case 3: return 2; default: g(); case 5: h() } }
