/**
 * What differs between two states of a record, field by field in the order of the form. Secrets
 * are compared open, since every save gives them new salts, and answered as equal or not.
 */
import type { ComparedField, ComparedKind, ComparedSide } from '../../../contract/history.ts';
import { sameKey } from '../../keychain/index.ts';
import type { OpenedCustom, OpenedSecret, OpenedState } from './states.ts';

/** A state and the names of its files. */
export interface ComparedState extends OpenedState {
  readonly files: readonly string[];
}

export function differences(left: ComparedState, right: ComparedState): ComparedField[] {
  const plain = (kind: ComparedKind, textOf: (state: ComparedState) => string): ComparedField => {
    const [one, other] = [textOf(left), textOf(right)];
    const sides = { left: plainSide(one), right: plainSide(other) };
    return { kind, label: '', type: null, differs: one !== other, ...sides };
  };
  return [
    plain('name', ({ record }) => record.name),
    plain('login', ({ record }) => record.login),
    {
      ...{ kind: 'password', label: '', type: 'password' },
      differs: !sameSecret(left.password, right.password),
      left: secretSide(left.password, { kind: 'password' }),
      right: secretSide(right.password, { kind: 'password' }),
    },
    plain('urls', ({ record }) => record.urls.join('\n')),
    ...customDifferences(left, right),
    plain('description', ({ record }) => record.description),
    plain('tags', ({ record }) => record.tags.join('\n')),
    plain('color', ({ record }) => (record.color === 0 ? '' : String(record.color))),
    plain('files', ({ files }) => files.join('\n')),
  ];
}

/** A custom field of two states; null on the side that does not have it. */
export interface PairedCustom {
  readonly left: OpenedCustom | null;
  readonly right: OpenedCustom | null;
}

/**
 * Pairs the custom fields of two states: fields of one label belong together, in their order; a
 * label that stands on one side only is a field that the other does not have.
 */
export function pairCustoms(left: readonly OpenedCustom[], right: readonly OpenedCustom[]): PairedCustom[] {
  const rest = [...right];
  const pairs = left.map((field) => {
    const at = rest.findIndex((other) => sameField(field, other));
    const [match] = at >= 0 ? rest.splice(at, 1) : [];
    return { left: field, right: match ?? null };
  });
  return [...pairs, ...rest.map((field) => ({ left: null, right: field }))];
}

/** A field that does not open has no label to go by. */
function sameField(one: OpenedCustom, other: OpenedCustom): boolean {
  if (one.value === 'broken' || other.value === 'broken') return one.value === other.value;
  return one.label === other.label;
}

function customDifferences(left: OpenedState, right: OpenedState): ComparedField[] {
  return pairCustoms(left.customs, right.customs).map(({ left: one, right: other }) => ({
    kind: 'custom',
    label: (one ?? other)?.label ?? '',
    type: (other ?? one)?.type ?? null,
    differs: !one || !other || one.type !== other.type || !sameSecret(one.value, other.value),
    left: customSide(one),
    right: customSide(other),
  }));
}

function customSide(field: OpenedCustom | null): ComparedSide | null {
  return field && secretSide(field.value, { kind: 'custom', index: field.index });
}

function plainSide(text: string): ComparedSide {
  return { text, field: null, empty: text === '', broken: false };
}

function secretSide(secret: OpenedSecret, field: NonNullable<ComparedSide['field']>): ComparedSide {
  const broken = secret === 'broken';
  return { text: null, field, empty: !broken && (secret === null || secret.length === 0), broken };
}

/** No password and an empty one are the same to whoever reads; what does not open equals nothing. */
function sameSecret(one: OpenedSecret, other: OpenedSecret): boolean {
  if (one === 'broken' || other === 'broken') return false;
  return sameKey(one ?? Buffer.alloc(0), other ?? Buffer.alloc(0));
}
