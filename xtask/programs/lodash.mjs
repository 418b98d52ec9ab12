// A round through the library that was loaded as a script.
const users = [
    { name: 'barney', age: 36, tags: ['x'] },
    { name: 'fred', age: 40, tags: ['y', 'z'] },
    { name: 'pebbles', age: 1, tags: [] },
];
const show = value => console.log(JSON.stringify(value));
console.log(_.VERSION);
show(_(users).filter(user => user.age > 10).sortBy('age').map('name').value());
show(_.chunk(_.range(10), 3));
show([_.camelCase('foo bar-baz'), _.kebabCase('fooBar'), _.startCase('--foo-bar--'), _.deburr('déjà vu'), _.pad('abc', 8, '_-')]);
show(_.groupBy(users, user => user.tags.length));
show(_.merge({ a: [{ b: 1 }] }, { a: [{ c: 2 }] }));
show(_.mapValues(_.keyBy(users, 'name'), 'age'));
show(_.get({ a: [{ b: { c: 3 } }] }, 'a[0].b.c'));
show(_.set({}, 'x[0].y', 5));
show(_.isEqual({ a: new Map([[1, new Set([2])]]) }, { a: new Map([[1, new Set([2])]]) }));
show(_.cloneDeep({ d: new Date(0), r: /x/g, t: new Uint8Array([1, 2]) }));
show(_.curry((a, b, c) => a + b + c)(1)(2)(3));
show(_.flow([x => x + 1, x => x * 2])(3));
show(_.uniqWith([{ x: 1 }, { x: 2 }, { x: 1 }], _.isEqual));
show(_.words('fred, barney, & pebbles'));
show(_(Array.from({ length: 1000 }, (_, i) => i)).map(x => x * 3).filter(x => x % 2).take(3).value());
console.log(_.template('<% _.forEach(users, user => { %><li><%- user.name %> <${user.age}></li>\n<% }) %>')({ users }));
_.debounce(() => console.log('debounced'), 5)();
