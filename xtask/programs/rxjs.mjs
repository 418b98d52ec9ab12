// Pipelines, with and without time.
const { from, interval, of, range, Subject, BehaviorSubject, combineLatest, zip, timer, throwError, defer } = rxjs;
const {
    map, filter, scan, take, mergeMap, concatMap, switchMap, delay, toArray, catchError, retry, groupBy, reduce, bufferCount, debounceTime, share, startWith, takeUntil, distinctUntilChanged,
} = rxjs.operators;
const log = name => ({ next: value => console.log(name, JSON.stringify(value)), error: error => console.log(name, String(error)), complete: () => console.log(name, 'complete') });

from([1, 2, 3, 4, 5, 6]).pipe(filter(x => x % 2), map(x => x * x), scan((a, b) => a + b, 0)).subscribe(log('scan'));
range(1, 10).pipe(groupBy(x => x % 3), mergeMap(group => group.pipe(reduce((a, b) => a + b), map(sum => [group.key, sum])))).subscribe(log('group'));
combineLatest([of(1, 2), of('a', 'b')]).subscribe(log('latest'));
zip(of(1, 2, 3), from('xyz')).pipe(bufferCount(2)).subscribe(log('zip'));
let attempts = 0;
defer(() => (++attempts < 3 ? throwError(() => new Error('boom')) : of(attempts))).pipe(retry(5)).subscribe(log('retry'));
throwError(() => new Error('gone')).pipe(catchError(error => of(error.message))).subscribe(log('catch'));

const subject = new BehaviorSubject(0);
subject.pipe(distinctUntilChanged(), startWith('start')).subscribe(log('subject'));
[1, 1, 2].forEach(x => subject.next(x));
subject.complete();

const all = await rxjs.lastValueFrom(interval(2).pipe(take(4), concatMap(x => of(x, x * 10).pipe(delay(1))), toArray()));
console.log(JSON.stringify(all));
const stop = new Subject();
const shared = interval(3).pipe(takeUntil(stop), share());
shared.pipe(take(2), switchMap(x => timer(1).pipe(map(() => x)))).subscribe(log('switch'));
setTimeout(() => stop.next(), 60);
for await (const value of { [Symbol.asyncIterator]: () => from([7, 8])[Symbol.asyncIterator]?.() ?? [7, 8][Symbol.iterator]() }) console.log('awaited', value);
