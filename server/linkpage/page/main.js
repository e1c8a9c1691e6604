/**
 * The page of an external link. It opens nothing by itself: a program that follows addresses, for a
 * preview say, must not use up a link that opens once. The code is read from the fragment, which
 * browsers keep to themselves, and leaves the address bar once the record is open.
 */
import { askData, askFacts, fileSource, hashOf, Refused } from './asking.js';
import { codeRow } from './codes.js';
import { button, element, row, tell } from './elements.js';
import { Unreadable } from './envelope.js';
import { fileKey, openFile } from './files.js';
import { openRecord } from './record.js';
import { language, moment, say } from './words.js';

const token = document.location.pathname.split('/').at(-1) ?? '';
const code = /^#code=(\S+)$/.exec(document.location.hash)?.[1] ?? null;
const card = document.querySelector('main') ?? document.body;

/** @param {...(Node | null)} inside */
function show(...inside) {
  card.replaceChildren(...inside.filter((node) => node !== null));
}

/**
 * @param {import('./words.js').Word} title
 * @param {import('./words.js').Word} more
 * @param {(() => void) | null} again
 */
function showTrouble(title, more, again = null) {
  const heading = element('h1', { text: say(title) });
  const retry = again && button(say('again'), again);
  show(heading, element('p', { text: say(more) }), retry);
  tell(`${say(title)}. ${say(more)}`);
}

/** @param {unknown} error @param {() => void} again */
function showFailure(error, again) {
  if (error instanceof Unreadable) showTrouble('damaged', 'damagedMore');
  else if (!(error instanceof Refused) || error.status === 0) showTrouble('offline', 'offlineMore', again);
  else if (error.status === 429) showTrouble('busy', 'busyMore', again);
  else if (error.status === 404 || error.status === 400) showTrouble('over', 'overMore');
  else showTrouble('offline', 'offlineMore', again);
}

async function begin() {
  show(element('p', { text: say('loading') }));
  try {
    const facts = await askFacts(token);
    if (facts.isEncrypted && code === null) showTrouble('incomplete', 'incompleteMore');
    else showOffer(facts);
  } catch (error) {
    showFailure(error, () => void begin());
  }
}

/** @param {import('./asking.js').LinkFacts} facts */
function showOffer(facts) {
  const once = facts.type === 'single_use';
  const press = button(say('open'), () => {
    press.disabled = true;
    press.textContent = say('opening');
    void open(facts);
  });
  press.className = 'main';
  show(
    element('h1', { text: say('title') }),
    element('p', { text: say('intro') }),
    element('p', { class: once ? 'note' : '', text: say(once ? 'once' : 'many') }),
    facts.expiresAt === null
      ? null
      : element('p', { class: 'quiet', text: say('until', { moment: moment(facts.expiresAt) }) }),
    press,
  );
}

/** @param {import('./asking.js').LinkFacts} facts */
async function open(facts) {
  const linkCode = facts.isEncrypted ? code : null;
  try {
    const keyHash = await hashOf(linkCode);
    const record = await openRecord(await askData(token, keyHash), linkCode);
    history.replaceState(null, '', document.location.pathname);
    showRecord(record, facts, keyHash, linkCode);
  } catch (error) {
    if (error instanceof Refused && error.status === 404) await tellApart();
    else showFailure(error, () => showOffer(facts));
  }
}

/** A wrong code and an ended link are refused alike; only the second cannot be asked for either. */
async function tellApart() {
  try {
    await askFacts(token);
    showTrouble('wrongCode', 'wrongCodeMore');
  } catch (error) {
    showFailure(error, () => void begin());
  }
}

/**
 * @param {import('./record.js').SharedRecord} record
 * @param {import('./asking.js').LinkFacts} facts
 * @param {string | null} keyHash
 * @param {string | null} linkCode
 */
function showRecord(record, facts, keyHash, linkCode) {
  const { name, login, password, url, fields, description, files } = record;
  const rows = element('dl', {}, [
    login === '' ? null : row(say('login'), login),
    password === null ? null : row(say('password'), password, { hidden: true }),
    url === '' ? null : row(say('address'), url, { link: true }),
    ...fields.map(fieldRow),
    description === '' ? null : row(say('description'), description),
  ]);
  const heading = element('h1', { text: name });
  heading.tabIndex = -1;
  const isEmpty = rows.childElementCount === 0 && files.length === 0;
  show(
    heading,
    facts.type === 'single_use' ? element('p', { class: 'note', text: say('onceOpened') }) : null,
    isEmpty ? element('p', { text: say('nothing') }) : rows,
    files.length === 0 ? null : element('h2', { text: say('files') }),
    files.length === 0
      ? null
      : element(
          'ul',
          {},
          files.map((file) => fileLine(file, keyHash, linkCode)),
        ),
    element('p', { class: 'quiet', text: say('close') }),
  );
  document.title = say('title');
  heading.focus();
}

/** @param {import('./record.js').SharedField} field */
function fieldRow({ name, type, value }) {
  if (type === 'totp') return codeRow(name, value);
  return row(name, value, { hidden: type === 'password' });
}

/**
 * @param {import('./record.js').SharedFile} file
 * @param {string | null} keyHash
 * @param {string | null} linkCode
 */
function fileLine({ id, name, encryptedKey }, keyHash, linkCode) {
  const state = element('span', { class: 'left' });
  const press = button(say('save'), () => void save(), `${say('save')}: ${name}`);
  /** @param {number} share */
  const onPart = (share) => {
    state.textContent = say('saving', { percent: String(Math.floor(share * 100)) });
  };
  async function save() {
    press.disabled = true;
    onPart(0);
    try {
      const key = await fileKey(encryptedKey, linkCode);
      handOver(await openFile(fileSource(token, keyHash, id), key, linkCode !== null, onPart), name);
      state.textContent = say('saved');
    } catch (error) {
      state.textContent = say(error instanceof Unreadable ? 'fileDamaged' : 'notSaved');
    }
    tell(`${name}: ${state.textContent}`);
    press.disabled = false;
  }
  return element('li', {}, [element('span', { class: 'value', text: name }), state, press]);
}

/** Saves as a file that no browser shows as a page. @param {Blob} file @param {string} name */
function handOver(file, name) {
  const address = URL.createObjectURL(new Blob([file], { type: 'application/octet-stream' }));
  const made = document.createElement('a');
  made.href = address;
  made.download = name;
  made.click();
  // The download has its own hold on the data by then.
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}

document.documentElement.lang = language;
document.title = say('title');
// Browsers give no cryptography to pages that came without TLS.
if (!isSecureContext) showTrouble('insecure', 'insecureMore');
else void begin();
