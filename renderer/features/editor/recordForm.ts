/**
 * The work behind the form: it begins with the record as it is stored, follows it while it
 * changes elsewhere, and sends what the person changed. Typed secrets are fetched from their
 * inputs at the moment of sending and overwritten right after.
 */
import { computed, onScopeDispose, type Ref, ref, type ShallowRef, shallowRef } from 'vue';
import { type Place, type RecordChange, recordLimits } from '../../../contract/editing.ts';
import type { DraftForm } from '../../../contract/drafts.ts';
import type { Failure } from '../../../contract/index.ts';
import type { RecordView } from '../../../contract/records.ts';
import { bridge } from '../../app/bridge.ts';
import { changeOf, type Draft, draftOf, isTouched, type SecretOf, wipe } from './draft.ts';
import { broughtBack, type BroughtBack } from './draftForm.ts';
import type { EditorTarget } from './editor.ts';
import { differs, rebase } from './rebase.ts';

/** What keeps the form from being sent, said where it can be mended. */
export type FormProblem = 'name' | 'place' | 'tooLong' | 'code';

export interface RecordForm {
  /** The stored record; null for a new one, and until it was read. */
  readonly base: Readonly<ShallowRef<RecordView | null>>;
  readonly draft: Ref<Draft | null>;
  readonly place: Ref<Place | null>;
  readonly failure: Readonly<ShallowRef<Failure | null>>;
  readonly problem: Readonly<Ref<FormProblem | null>>;
  /** The custom field whose secret makes no codes, by its key. */
  readonly badCode: Readonly<Ref<number | null>>;
  /** The record changed elsewhere since the form was opened. */
  readonly changedElsewhere: Readonly<Ref<boolean>>;
  readonly busy: Readonly<Ref<boolean>>;
  readonly touched: Readonly<Ref<boolean>>;
  readonly load: () => Promise<void>;
  /** Goes on with a form that was kept; fields left alone show the record as it is now. */
  readonly resume: (kept: DraftForm, place: Place | null) => BroughtBack['typed'];
  /** The id of the record once it is safe on this device; null if the form stands as it was. */
  readonly send: () => Promise<string | null>;
}

function tooLong(change: RecordChange): boolean {
  const secrets = [change.password, ...(change.customs ?? []).flatMap(({ label, value }) => [label, value])];
  return secrets.some((secret) => secret?.kind === 'set' && secret.value.length > recordLimits.text);
}

export function useRecordForm(target: EditorTarget, secretOf: SecretOf): RecordForm {
  const base = shallowRef<RecordView | null>(null);
  const draft = ref<Draft | null>(target.kind === 'create' ? draftOf(null) : null);
  const place = ref<Place | null>(target.kind === 'create' ? target.place : null);
  const failure = shallowRef<Failure | null>(null);
  const problem = ref<FormProblem | null>(null);
  const badCode = ref<number | null>(null);
  const changedElsewhere = ref(false);
  const busy = ref(false);
  let reading = 0;

  function take(now: RecordView): void {
    if (!base.value || !draft.value) draft.value = draftOf(now);
    else if (differs(base.value, now)) {
      rebase(draft.value, base.value, now);
      changedElsewhere.value = true;
    }
    base.value = now;
  }

  async function load(): Promise<void> {
    if (target.kind !== 'edit') return;
    const asked = ++reading;
    const answer = await bridge().records.read({ recordId: target.recordId });
    // A save that runs compares with the state it began with.
    if (asked !== reading || busy.value) return;
    failure.value = answer.ok ? null : answer.error;
    if (answer.ok) take(answer.value);
  }

  function resume(kept: DraftForm, keptPlace: Place | null): BroughtBack['typed'] {
    const { draft: back, typed } = broughtBack(kept, target.kind === 'create' && kept.base !== null);
    draft.value = back;
    if (target.kind === 'create') place.value = keptPlace ?? place.value;
    const now = base.value;
    if (kept.base !== null && now !== null && differs(kept.base, now)) {
      rebase(draft.value, kept.base, now);
      changedElsewhere.value = true;
    }
    return typed;
  }

  function objection(now: Draft): FormProblem | null {
    if (now.name.trim() === '') return 'name';
    return target.kind === 'create' && place.value === null ? 'place' : null;
  }

  function refuse(why: Failure): null {
    failure.value = why;
    if (why.code === 'nameMissing') problem.value = 'name';
    const place = why.params['place'];
    if (why.code === 'badTotp' && typeof place === 'number') {
      problem.value = 'code';
      badCode.value = draft.value?.customs[place]?.key ?? null;
    }
    return null;
  }

  async function hand(fields: RecordChange): Promise<string | null> {
    if (target.kind === 'edit') {
      const answer = await bridge().editing.save({ recordId: target.recordId, fields });
      return answer.ok ? target.recordId : refuse(answer.error);
    }
    if (place.value === null) return null;
    const answer = await bridge().editing.create({ place: { ...place.value }, fields });
    return answer.ok ? answer.value.recordId : refuse(answer.error);
  }

  async function send(): Promise<string | null> {
    if (!draft.value || busy.value) return null;
    failure.value = null;
    badCode.value = null;
    problem.value = objection(draft.value);
    if (problem.value !== null) return null;
    const fields = changeOf(base.value, draft.value, secretOf);
    try {
      if (tooLong(fields)) {
        problem.value = 'tooLong';
        return null;
      }
      busy.value = true;
      return await hand(fields);
    } finally {
      busy.value = false;
      wipe(fields);
    }
  }

  onScopeDispose(
    bridge().on('mirrorChanged', ({ recordIds }) => {
      if (target.kind !== 'edit') return;
      if (recordIds === null || recordIds.includes(target.recordId)) void load();
    }),
  );

  return {
    base,
    draft,
    place,
    failure,
    problem,
    badCode,
    changedElsewhere,
    busy,
    touched: computed(() => draft.value !== null && isTouched(base.value, draft.value)),
    load,
    resume,
    send,
  };
}
