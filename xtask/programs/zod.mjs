// Schemas of many kinds, what they accept and how they complain.
import * as z from './node_modules/zod/index.js';

const show = result => console.log(result.success ? JSON.stringify(result.data) : result.error.message);

const User = z.object({
    name: z.string().min(2).max(10).trim(),
    age: z.number().int().positive(),
    email: z.email(),
    tags: z.array(z.string()).default([]),
    role: z.enum(['admin', 'user']),
    when: z.coerce.date().optional(),
});
show(User.safeParse({ name: ' Ada ', age: 36, email: 'ada@example.org', role: 'admin', when: '1815-12-10' }));
show(User.safeParse({ name: 'A', age: -1.5, email: 'nobody', role: 'root', tags: 'none' }));
show(User.partial().strict().safeParse({ nickname: 'x' }));

const Shape = z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('circle'), radius: z.number() }),
    z.object({ kind: z.literal('square'), side: z.number().gte(1) }),
]);
show(Shape.safeParse({ kind: 'circle', radius: 1 }));
show(Shape.safeParse({ kind: 'square', side: 0 }));
show(Shape.safeParse({ kind: 'line' }));

const Tree = z.object({ value: z.number(), get children() { return z.array(Tree).optional(); } });
show(Tree.safeParse({ value: 1, children: [{ value: 2, children: [{ value: 'three' }] }] }));
show(z.record(z.string(), z.tuple([z.number(), z.boolean()])).safeParse({ a: [1, true], b: [2] }));
show(z.string().transform(text => text.length).refine(length => length > 3, 'too short').safeParse('abc'));
show(await z.string().refine(async text => text !== 'taken').safeParseAsync('taken'));
console.log(JSON.stringify(z.toJSONSchema(User.omit({ when: true }))));
console.log(z.prettifyError(User.safeParse({}).error));
