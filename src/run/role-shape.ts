/**
 * Whether a value from a user's file has the shape of a role, all the way down.
 *
 * The registry reads names out of protocols, tasks and properties, so a hole in one of them would
 * end as an exception of Orrery's own. Only shapes are looked at here; what the parts mean is
 * checked by `defineRole` and `defineProtocol`, and by the registry.
 */
type Fields = Readonly<Record<string, unknown>>;

const isFields = (value: unknown): value is Fields => typeof value === 'object' && value !== null;
const isText = (value: unknown): boolean => typeof value === 'string';
const isFunction = (value: unknown): boolean => typeof value === 'function';
const isListOf = (value: unknown, isOne: (one: unknown) => boolean): boolean => Array.isArray(value) && value.every(isOne);
const isAbsentOr = (value: unknown, isRight: (value: unknown) => boolean): boolean => value === undefined || isRight(value);

/** What is wrong with a role file's default export, as the end of a sentence; undefined for a role. */
export function wrongWithRole(value: unknown): string | undefined {
  if (!isFields(value) || !isText(value['name']) || !isMachine(value['machine'])) {
    return 'has no role: its default export must come from defineRole';
  }
  const { protocols, knows, knowsKeysOf, tasks } = value;
  if (!isListOf(knows, isText)) return 'has a role whose "knows" is no list of role names';
  if (!isAbsentOr(knowsKeysOf, isRoleNames)) return 'has a role whose "knowsKeysOf" is no list of role names';
  if (!isListOf(tasks, isTask)) return 'has a role whose "tasks" is no list of tasks';
  if (!isListOf(protocols, isProtocol)) return 'has a role whose "protocols" is no list of protocols from defineProtocol';
  const wrong = wrongPart(value);
  return wrong === undefined ? undefined : `has a role whose "${wrong}" has not the right form`;
}

const isRoleNames = (value: unknown): boolean => isListOf(value, isText);

/** A chart as xstate makes it: its root lists the states that selectors may name. */
function isMachine(value: unknown): boolean {
  return isFields(value) && isFields(value['root']) && isFunction(value['transition']);
}

function isTask(value: unknown): boolean {
  return isFields(value) && isText(value['name']) && [value['work'], value['small'], value['run']].every(isFunction);
}

function isProtocol(value: unknown): boolean {
  if (!isFields(value) || !isText(value['name']) || !['stream', 'datagram'].includes(String(value['transport']))) return false;
  return isListOf(value['messages'], isMessage) && wrongPart(value) === undefined;
}

function isMessage(value: unknown): boolean {
  return isFields(value) && isText(value['kind']) && isFunction(value['accepts']) && isListOf(value['key'], isText);
}

/** The first of the parts that roles and protocols have alike whose form is wrong. */
function wrongPart(value: Fields): string | undefined {
  const { section, records, invariants, phrases, measures } = value;
  if (!isAbsentOr(section, isSection)) return 'section';
  if (!isAbsentOr(records, (kinds) => isFields(kinds) && Object.values(kinds).every(isText))) return 'records';
  if (!isAbsentOr(invariants, (list) => isListOf(list, isProperty))) return 'invariants';
  if (!isAbsentOr(phrases, (list) => isListOf(list, isProperty))) return 'phrases';
  return isAbsentOr(measures, (list) => isListOf(list, isMeasure)) ? undefined : 'measures';
}

function isSection(value: unknown): boolean {
  return isFields(value) && isText(value['key']) && isText(value['about']) && isSchema(value['schema']);
}

/** Effect makes schemas as classes, which are functions; a section's keys are decoded by it. */
function isSchema(value: unknown): boolean {
  return (isFields(value) || isFunction(value)) && 'ast' in (value as Fields);
}

function isProperty(value: unknown): boolean {
  if (!isFields(value) || !isText(value['name']) || !isListOf(value['watches'], isText)) return false;
  return isText(value['kind']) && isFunction(value['start']) && isFunction(value['observe']);
}

function isMeasure(value: unknown): boolean {
  return isFields(value) && ['name', 'about', 'kind', 'field'].every((field) => isText(value[field]));
}
