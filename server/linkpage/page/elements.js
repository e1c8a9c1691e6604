/** Elements of the page. Text is only ever set as text, so nothing of a record can become markup. */
import { say } from './words.js';

/**
 * @param {string} name
 * @param {{ class?: string, text?: string, id?: string }} [told]
 * @param {readonly (Node | null)[]} [inside]
 * @returns {HTMLElement}
 */
export function element(name, told = {}, inside = []) {
  const made = document.createElement(name);
  if (told.class !== undefined) made.className = told.class;
  if (told.id !== undefined) made.id = told.id;
  if (told.text !== undefined) made.textContent = told.text;
  made.append(...inside.filter((node) => node !== null));
  return made;
}

/**
 * @param {string} text
 * @param {() => void} press
 * @param {string} [name] What a screen reader says, where the text alone would not tell.
 */
export function button(text, press, name) {
  const made = document.createElement('button');
  made.type = 'button';
  made.textContent = text;
  if (name !== undefined) made.setAttribute('aria-label', name);
  made.addEventListener('click', press);
  return made;
}

/** Where short news are read out. */
const spoken = element('p', { class: 'spoken', id: 'spoken' });
spoken.setAttribute('role', 'status');

/** @param {string} text */
export function tell(text) {
  if (!spoken.isConnected) document.body.append(spoken);
  spoken.textContent = text;
}

/** @param {() => string} value @param {string} label */
function copyButton(value, label) {
  return button(
    say('copy'),
    () => {
      navigator.clipboard.writeText(value()).then(
        () => tell(`${label}: ${say('copied')}`),
        () => tell(say('notCopied')),
      );
    },
    `${say('copy')}: ${label}`,
  );
}

/**
 * One line of the record. What is hidden is not in the document before it is asked for.
 *
 * @param {string} label
 * @param {string} value
 * @param {{ hidden?: boolean, mono?: boolean, link?: boolean }} [how]
 */
export function row(label, value, { hidden = false, mono = false, link = false } = {}) {
  const shown = element('span', { class: mono || hidden ? 'value mono' : 'value' });
  const buttons = element('span', { class: 'buttons' });
  const line = element('div', { class: 'row' }, [element('dt', { text: label })]);
  line.append(element('dd', {}, [shown, buttons]));
  if (hidden) hide(shown, buttons, label, value);
  else if (link && /^https?:\/\//i.test(value) && URL.canParse(value)) shown.append(anchor(value));
  else shown.textContent = value;
  buttons.append(copyButton(() => value, label));
  return line;
}

/**
 * @param {HTMLElement} shown
 * @param {HTMLElement} buttons
 * @param {string} label
 * @param {string} value
 */
function hide(shown, buttons, label, value) {
  let isShown = false;
  const dots = element('span', { text: '••••••••••' });
  dots.ariaHidden = 'true';
  const draw = () => {
    if (isShown) shown.textContent = value;
    else shown.replaceChildren(dots, element('span', { class: 'unseen', text: say('hidden') }));
    toggle.textContent = say(isShown ? 'hide' : 'show');
    toggle.setAttribute('aria-label', `${say(isShown ? 'hide' : 'show')}: ${label}`);
  };
  const toggle = button('', () => {
    isShown = !isShown;
    draw();
  });
  draw();
  buttons.append(toggle);
}

/** @param {string} address */
function anchor(address) {
  const made = document.createElement('a');
  made.href = address;
  made.textContent = address;
  made.rel = 'noopener noreferrer';
  made.target = '_blank';
  made.referrerPolicy = 'no-referrer';
  return made;
}
