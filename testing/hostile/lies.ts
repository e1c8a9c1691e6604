/**
 * The lies a server may tell, each as a change of what the real one answers.
 */
import type { Lie, PassingAnswer } from './proxy.ts';
import type { Scripted } from './answering.ts';

/** An object of an answer, free to be changed. */
export type Members = Record<string, unknown>;

/** Tells several lies at once; the first that replaces an answer whole wins. */
export function together(...lies: readonly Lie[]): Lie {
  return (answer, response) => {
    for (const lie of lies) {
      const told = lie(answer, response);
      if (told !== undefined) return told;
    }
    return undefined;
  };
}

/** Changes the JSON of successful answers to one endpoint in place. */
export function changing(path: string, change: (json: Members) => void): Lie {
  return (answer) => {
    if (isAnswerTo(answer, path) && answer.status === 200) change(answer.json as Members);
    return undefined;
  };
}

/** Replaces every answer to one endpoint. */
export function answering(path: string, scripted: Scripted): Lie {
  return (answer) => (isAnswerTo(answer, path) ? scripted : undefined);
}

function isAnswerTo({ request }: PassingAnswer, path: string): boolean {
  return request.path.split('?')[0] === `/api/v1${path}`;
}

/** Leaves features out of the announcement; without `masterKeyHashOptional` a server gets the hash. */
export function withoutFeature(...names: readonly string[]): Lie {
  return (answer) =>
    isAnswerTo(answer, '/app/features')
      ? { json: (answer.json as { name: string }[]).filter(({ name }) => !names.includes(name)) }
      : undefined;
}

/** A lie about the account, told wherever the server states it: here and in the change feed. */
function aboutAccount(path: string, change: (json: Members) => void, inFeed: (stated: Members) => void): Lie {
  return together(
    changing(path, change),
    changing('/changes', (json) => inFeed(json['account'] as Members)),
  );
}

export function masterKeyOptions(text: string | null): Lie {
  const lie = (json: Members): void => void (json['masterKeyOptions'] = text);
  return aboutAccount('/users/master-key/options', lie, lie);
}

export function statedEncryption(on: boolean): Lie {
  const lie = (json: Members): void => void (json['isClientSideEncryptionEnabled'] = on);
  return aboutAccount('/app/settings', lie, lie);
}

export function ownKeys(change: (keys: Members) => void): Lie {
  return aboutAccount(
    '/users/keys',
    (json) => change(json['keys'] as Members),
    (stated) => {
      const keys: Members = { public: stated['publicKey'] };
      change(keys);
      stated['publicKey'] = keys['public'];
    },
  );
}

/** The keys that are not there any more. */
export const noOwnKeys: Lie = aboutAccount(
  '/users/keys',
  (json) => void (json['keys'] = null),
  (stated) => void (stated['publicKey'] = null),
);

/** Changes one vault of the listing. */
export function vault(id: string, change: (vault: Members) => void): Lie {
  return changing('/vaults', (json) => change(oneOf(json, id)));
}

/** Changes one record in the listings of its vault. */
export function record(id: string, change: (record: Members) => void): Lie {
  return changing('/items', (json) => {
    if (rowsOf(json).some((row) => row['id'] === id)) change(oneOf(json, id));
  });
}

/** Refuses the keys, and the feed, to whoever does not prove the master password first. */
export const hashDemand: Lie = (answer) =>
  (isAnswerTo(answer, '/users/keys') || isAnswerTo(answer, '/changes')) &&
  answer.request.headers['x-master-key-hash'] === undefined
    ? { status: 401, json: { errors: [{ code: 'masterKeyRequired', field: '', message: 'prove it' }] } }
    : undefined;

export function rowsOf(json: Members): Members[] {
  return json['items'] as Members[];
}

function oneOf(json: Members, id: string): Members {
  const row = rowsOf(json).find((each) => each['id'] === id);
  if (row === undefined) throw new Error('There is nothing to lie about.');
  return row;
}

/** Changes what the change feed tells; `changes` are the things of one page. */
export function feed(change: (changes: Members[], page: Members) => void): Lie {
  return changing('/changes', (json) => change(json['changes'] as Members[], json));
}

/** Changes one record where the change feed tells of it. */
export function fedRecord(id: string, change: (record: Members) => void): Lie {
  return feed((changes) => {
    for (const told of changes) {
      if (told['kind'] === 'item' && told['id'] === id) change(told['item'] as Members);
    }
  });
}
