/** How a host steps an adversary: what its copies learn, what leaves of what they want, and what it is between two inputs. */
import { fc } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { compute, record, reject, save, send } from '../../src/actors/define.ts';
import type { IssuedCommand } from '../../src/actors/define.ts';
import { actorOf } from '../../src/host/actor.ts';
import { encodeCommands, Fold } from '../../src/host/fold.ts';
import type { StepCommand } from '../../src/host/step.ts';
import type { InputEvent } from '../../src/kernel/contract.ts';
import { clerk, planted, SteppedAdversary, telling, wrappingOf } from '../support/planted-adversary.ts';
import { inputOf, stamp } from '../support/planted-role.ts';

const start = () => null;
const page = (number: number): IssuedCommand => send('clerk-01', { kind: 'PageSent', number });
const heard = (number: number): InputEvent => ({ type: 'PageSent', from: 'clerk-01', message: { kind: 'PageSent', number } });
const overheard: InputEvent = { type: 'overheard', from: 'clerk-01', to: 'clerk-02', message: { kind: 'PageSent', number: 1 } };
const act = (what: string) => ({ type: 'act', what }) as const;
/** Everything that a copy can ask for, timers aside. */
const everything = [page(1), save('page', 1, 'a'), compute('test/read', 'page 1', {}), record('told', {}), reject('late')];

describe('an adversary of one copy that changes nothing', () => {
  const events: readonly InputEvent[] = [
    { type: 'restored', records: { page: 1 }, damaged: ['twin/page'] }, telling(...everything), { type: 'wait' }, heard(1),
    { type: 'stop' }, { type: 'wait' }, { type: 'xstate.after.250.clerk.waiting' }, { type: 'saved', key: 'page', ticket: 'a' },
    { type: 'finish' }, heard(2),
  ];

  it('asks for what its role asks for, and learns what it learns', () => {
    const honest = actorOf(clerk, undefined);
    let { state } = honest.start({ self: 'clerk-00', incarnation: 0, config: {}, ...stamp });
    const wrapped = new SteppedAdversary(planted({ start }));
    for (const event of events) {
      const taken = honest.step('clerk-00', state, inputOf(event));
      state = taken.state;
      expect(wrapped.tell(event).commands).toEqual(taken.commands);
      expect(wrapped.persisted).toEqual({ copies: [honest.persist(state)], memory: null });
    }
    expect(wrapped.finished).toBe(true);
    expect(wrapped.learned()).toContain('xstate.after.250.clerk.waiting');
  });

  it.each([
    ['a frame that was overheard', overheard],
    ['a timer of its own', { type: 'adversary/patience' }],
    ['the result of its own task', { type: 'computed', task: 'test/read', key: 'adversary/round-1', result: 1 }],
    ['the refusal of its own task', { type: 'computeFailed', task: 'test/read', key: 'adversary/round-1', reason: 'none' }],
  ])('keeps %s from its copy, also where it does not look at it', (_, event) => {
    const wrapped = new SteppedAdversary(planted({ start, tap: 'allHonest', overhears: ['PageSent'] }));
    const before = wrapped.bytes;
    expect(wrapped.tell(event as InputEvent).commands).toEqual([]);
    expect(wrapped.bytes).toEqual(before);
  });

  it('is told of itself, its fellows and its options when it starts, in each life', () => {
    const definition = planted<{ lives: number }>({ start: ({ incarnation, liars, honest, options, self }) =>
      ({ lives: incarnation + 1, liars, honest, options, self } as never) });
    const wrapping = wrappingOf(definition, { liars: ['clerk-00'], honest: ['clerk-01'], options: { lag: 2 } });
    const { state } = actorOf(clerk, wrapping).start({ self: 'clerk-00', incarnation: 4, config: {}, ...stamp });
    const memory = { lives: 5, liars: ['clerk-00'], honest: ['clerk-01'], options: { lag: 2 }, self: 'clerk-00' };
    expect(state).toMatchObject({ memory });
  });
});

describe('what an adversary hears', () => {
  it('may be changed, kept back, repeated and invented', () => {
    const wrapped = new SteppedAdversary(planted({
      start,
      hear(_, { copy, event }) {
        if (event.type !== 'PageSent') return undefined;
        const { number } = event['message'] as unknown as { number: number };
        return { give: Array.from({ length: number }, (__, index) => ({ copy, event: heard(index + 10) })) };
      },
    }));
    wrapped.tell(heard(0)).tell({ type: 'linkUp', peer: 'clerk-01' }).tell(heard(2));
    expect(wrapped.noted().map(({ event }) => event)).toEqual([{ type: 'linkUp', peer: 'clerk-01' }, heard(10), heard(11)]);
  });

  it('may be answered by itself, before what its copy wants', () => {
    const wrapped = new SteppedAdversary(planted({ start, hear: () => ({ say: [page(7), act('answered')] }) }));
    expect(wrapped.tell(telling(page(1))).commands).toEqual([page(7), act('answered'), page(1)]);
    expect(wrapped.learned()).toEqual(['tell']);
  });

  it('is given to no copy that there is not', () => {
    const wrapped = new SteppedAdversary(planted({ start, hear: (_, { event }) => ({ give: [{ copy: 1, event }] }) }));
    expect(() => wrapped.tell(heard(1))).toThrow('the adversary planted has no copy 1');
  });
});

describe('what an adversary says', () => {
  it('may be changed, kept back and repeated, each command by itself', () => {
    const wrapped = new SteppedAdversary(planted({
      start,
      speak(_, command) {
        if (command.type === 'send') return { say: [page(8), page(9), act('said it twice')] };
        if (command.type === 'save') return { say: [] };
        return command.type === 'record' ? {} : undefined;
      },
    }));
    expect(wrapped.tell(telling(...everything)).commands)
      .toEqual([page(8), page(9), act('said it twice'), everything[2], record('told', {}), reject('late')]);
  });

  it('is no matter of the timers of its chart', () => {
    const asked: string[] = [];
    const wrapped = new SteppedAdversary(planted({ start, speak: (_, { type }) => (asked.push(type), { say: [] }) }));
    expect(wrapped.tell({ type: 'wait' }).commands.map(({ type }) => type)).toEqual(['arm']);
    expect(wrapped.tell({ type: 'stop' }).commands.map(({ type }) => type)).toEqual(['cancel']);
    wrapped.tell(telling(page(1)));
    expect(asked).toEqual(['send']);
  });

  it('is remembered from one command of a step to the next, as is what it heard', () => {
    const wrapped = new SteppedAdversary(planted<{ heard: number; said: number }>({
      start: () => ({ heard: 0, said: 0 }),
      hear: (memory) => ({ memory: { ...memory, heard: memory.heard + 1 } }),
      speak: (memory) => ({ memory: { ...memory, said: memory.said + 1 }, say: [record('said', memory)] }),
    }));
    expect(wrapped.tell(telling(page(1), page(2), page(3))).commands)
      .toEqual([0, 1, 2].map((said) => record('said', { heard: 1, said })));
    expect(wrapped.memory).toEqual({ heard: 1, said: 3 });
  });
});

describe('what an adversary notices', () => {
  it('may be acted upon, and its copy may learn of something else', () => {
    const wrapped = new SteppedAdversary(planted<readonly string[]>({
      start: () => [],
      tap: 'allHonest',
      overhears: ['PageSent'],
      notice: (memory, { type }) =>
        ({ memory: [...memory, type], say: [page(5)], give: [{ copy: 0, event: telling(page(6)) }] }),
    }));
    expect(wrapped.tell(overheard).commands).toEqual([page(5), page(6)]);
    wrapped.tell({ type: 'adversary/patience' }).tell(heard(1));
    expect([wrapped.memory, wrapped.learned()]).toEqual([['overheard', 'adversary/patience'], ['tell', 'tell', 'PageSent']]);
  });
});

const twoCopies = planted({ start, copies: 2 });
/** Lets one copy alone learn what is said to it by name. */
const addressed = planted({
  start, copies: 2,
  hear: (_, { copy, event }) => (typeof event['copy'] === 'number' && event['copy'] !== copy ? { give: [] } : undefined),
});
const toCopy = (copy: number, event: InputEvent): InputEvent => ({ ...event, copy });

describe('an adversary of two copies', () => {
  it('keeps timers, tasks and records of the second under a prefix, and sends alike', () => {
    const wrapped = new SteppedAdversary(addressed);
    const [said, saved, computed, recorded, rejected] = everything as [IssuedCommand, object, object, IssuedCommand, IssuedCommand];
    expect(wrapped.tell(toCopy(0, telling(...everything))).commands).toEqual(everything);
    expect(wrapped.tell(toCopy(1, telling(...everything))).commands)
      .toEqual([said, { ...saved, key: 'twin/page' }, { ...computed, key: 'twin/page 1' }, recorded, rejected]);
    const [first, second] = [0, 1].map((copy) =>
      wrapped.tell(toCopy(copy, { type: 'wait' })).commands[0] as { id: string; event: string });
    expect(second).toEqual({ ...first, id: `twin/${first!.id}`, event: `twin/${first!.event}` });
    expect(wrapped.tell(toCopy(1, { type: 'stop' })).commands).toEqual([{ type: 'cancel', id: second!.id }]);
  });

  it('leaves the names of what it asks for itself, whichever copy made it ask', () => {
    const own: readonly StepCommand[] = [
      { type: 'arm', id: 'adversary/wait', delayUs: 5, event: 'adversary/wait' }, { type: 'cancel', id: 'adversary/wait' },
      compute('test/read', 'adversary/page', {}),
    ];
    const seen: string[] = [];
    const wrapped = new SteppedAdversary(planted({
      start, copies: 2,
      speak: (_, __, copy) => (copy === 1 ? { say: own as never } : { say: [] }),
      notice: (_, { type }) => (seen.push(type), {}),
    }));
    expect(wrapped.tell(telling(page(1))).commands).toEqual(own);
    wrapped.tell({ type: 'adversary/wait' }).tell({ type: 'computed', task: 'test/read', key: 'adversary/page', result: 1 });
    expect([seen, wrapped.learned(0), wrapped.learned(1)]).toEqual([['adversary/wait', 'computed'], ['tell'], ['tell']]);
  });

  it('gives each copy the answers that it awaits, under the names that it knows', () => {
    const wrapped = new SteppedAdversary(twoCopies);
    const answers: readonly InputEvent[] = [
      { type: 'saved', key: 'page', ticket: 'a' }, { type: 'saveFailed', key: 'page', ticket: 'a', reason: 'diskFull' },
      { type: 'computed', task: 'test/read', key: 'page', result: 1 },
      { type: 'computeFailed', task: 'test/read', key: 'page', reason: 'no' },
    ];
    for (const answer of answers) wrapped.tell(answer);
    expect([wrapped.learned(0).length, wrapped.learned(1).length]).toEqual([4, 0]);
    for (const answer of answers) wrapped.tell({ ...answer, key: `twin/${String(answer['key'])}` });
    expect(wrapped.noted(0).map(({ event }) => event)).toEqual(answers);
    expect(wrapped.noted(1).map(({ event }) => event)).toEqual(answers);
  });

  it('fires the timer of one copy only', () => {
    const wrapped = new SteppedAdversary(twoCopies).tell({ type: 'wait' });
    expect(wrapped.commands).toHaveLength(2);
    const [first, second] = wrapped.commands as unknown as readonly { event: string }[];
    wrapped.tell({ type: second!.event });
    expect([wrapped.learned(0), wrapped.learned(1)]).toEqual([[], [first!.event]]);
    wrapped.tell({ type: first!.event });
    expect(wrapped.learned(0)).toEqual([first!.event]);
  });

  it('divides what the disk kept, also what came back damaged', () => {
    const wrapped = new SteppedAdversary(twoCopies);
    wrapped.tell({ type: 'restored', records: { page: 1, 'twin/page': 2, 'twin/book': 3 }, damaged: ['letter', 'twin/note'] });
    const [first, second] = [0, 1].map((copy) => wrapped.noted(copy)[0]!.event);
    expect(first).toEqual({ type: 'restored', records: { page: 1 }, damaged: ['letter'] });
    expect(second).toEqual({ type: 'restored', records: { page: 2, book: 3 }, damaged: ['note'] });
  });

  it('throws other dice for each copy, the same ones each time', () => {
    const throws = fc.property(fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER }), (dice) => {
      const [one, other] = [0, 1].map(() => new SteppedAdversary(twoCopies).tell(heard(1), { dice }));
      const [first, second] = [0, 1].map((copy) => one!.noted(copy)[0]!.dice);
      expect(first).toBe(dice);
      expect(second).not.toBe(first);
      expect(Number.isSafeInteger(second) && second! >= 0).toBe(true);
      expect(other!.bytes).toEqual(one!.bytes);
    });
    fc.assert(throws, { numRuns: 50 });
  });

  it('has finished only when both copies have', () => {
    const wrapped = new SteppedAdversary(addressed);
    expect(wrapped.tell(toCopy(1, { type: 'finish' })).finished).toBe(false);
    expect(wrapped.tell(heard(1)).learned(1)).toEqual([]);
    expect(wrapped.learned(0)).toEqual(['PageSent']);
    expect(wrapped.tell(toCopy(0, { type: 'finish' })).finished).toBe(true);
  });
});

/** A liar that remembers, changes and invents, so that all that it is shows in what follows. */
const busy = planted<{ heard: number; noticed: number }>({
  start: () => ({ heard: 0, noticed: 0 }),
  copies: 2, tap: 'allHonest', overhears: ['PageSent'],
  hear: (memory, { copy }) => ({ memory: { ...memory, heard: memory.heard + 1 + copy } }),
  speak: (memory, command, copy) => ({ say: [command, record('spoke', { ...memory, copy })] }),
  notice: ({ heard: before, noticed }) =>
    ({ memory: { heard: before, noticed: noticed + 1 }, give: [{ copy: noticed % 2, event: telling(page(3)) }] }),
});
const events = fc.array(fc.constantFrom<InputEvent>(
  heard(1), overheard, { type: 'adversary/wait' }, { type: 'wait' }, { type: 'stop' }, telling(...everything),
  { type: 'xstate.after.250.clerk.waiting' }, { type: 'twin/xstate.after.250.clerk.waiting' }, { type: 'finish' },
  { type: 'saved', key: 'twin/page', ticket: 'a' }, { type: 'restored', records: { 'twin/page': 2, page: 1 }, damaged: [] },
), { maxLength: 25 });

describe('an adversary between two inputs', () => {
  it('is a value: revived anywhere, goes on alike', () => {
    const goesOn = fc.property(events, fc.nat(), (told, cut) => {
      const [whole, revived] = [new SteppedAdversary(busy), new SteppedAdversary(busy)];
      for (const [index, event] of told.entries()) {
        if (index === cut % told.length) revived.revive();
        expect(revived.tell(event).commands).toEqual(whole.tell(event).commands);
      }
      expect(revived.bytes).toEqual(whole.bytes);
    });
    fc.assert(goesOn, { numRuns: 100 });
  });

  it('folds to the same commands and the same bytes', () => {
    const folds = fc.property(events, (told) => {
      const stepped = new SteppedAdversary(busy);
      const fold = new Fold(clerk, 'clerk-00', {}, wrappingOf(busy));
      fold.take(inputOf({ type: 'start', incarnation: 0 }));
      for (const event of told) {
        const commands = fold.take(inputOf(event));
        expect(encodeCommands(commands)).toEqual(encodeCommands(stepped.tell(event).commands));
        expect(fold.snapshot()).toEqual(stepped.bytes);
      }
    });
    fc.assert(folds, { numRuns: 100 });
  });
});
