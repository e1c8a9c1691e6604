/**
 * The main job by keys alone, as a person without a mouse does it: unlock, search, open,
 * reveal, copy, go back, walk the panes and the tree, lock. Each step says what must be so.
 */
import type { Page } from 'playwright-core';

type Step = readonly [name: string, keys: readonly string[], mustBe: string];

const focused = (selector: string): string => `document.activeElement?.matches(${JSON.stringify(selector)})`;
const there = (selector: string): string => `document.querySelector(${JSON.stringify(selector)}) !== null`;
const text = (selector: string, wanted: string): string =>
  `document.querySelector(${JSON.stringify(selector)})?.textContent.includes(${JSON.stringify(wanted)})`;
const not = (claim: string): string => `!(${claim})`;

const steps: readonly Step[] = [
  ['the secret is asked for', [], focused('input[type=password]')],
  ['Tab reaches the eye and the button', ['Tab'], focused('button[aria-pressed]')],
  [
    'wrong words are refused',
    ['Shift+Tab', 'type:wrong', 'Enter'],
    text('[role=alert]', 'not the master password'),
  ],
  [
    'and the focus is back in the empty input',
    [],
    `${focused('input[type=password]')} && document.activeElement.value === ''`,
  ],
  ['the right words open the workspace', ['type:correct horse battery', 'Enter'], there('[role=tree]')],
  [
    'the list has the focus, with nothing picked',
    [],
    `${focused('[role=listbox]')} && ${not(there('[role=option][aria-selected=true]'))}`,
  ],
  ['Ctrl K goes to the search', ['Control+KeyK'], focused('.search input')],
  ['typing finds', ['type:postgres'], text('.list-pane .title', 'Search results')],
  ['the first hit is selected', [], text('[role=option][aria-selected=true]', 'PostgreSQL primary')],
  ['Ctrl C in the search copies its password', ['Control+KeyC'], text('.chip', 'Password copied')],
  ['Down goes to the list', ['ArrowDown'], focused('[role=listbox]')],
  ['Down selects the next', ['ArrowDown'], text('[role=option][aria-selected=true]', 'PostgreSQL replica')],
  ['Home selects the first', ['Home'], text('.record-pane h2', 'PostgreSQL primary')],
  ['Space peeks', ['Space'], `${there('.record-pane .revealed')} && ${focused('[role=listbox]')}`],
  ['and hides again', ['Space'], not(there('.record-pane .revealed'))],
  ['Enter opens', ['Enter'], focused('.record-pane')],
  ['Tab goes through the record', ['Tab', 'Tab'], `document.activeElement.closest('.record-pane') !== null`],
  ['Esc goes back to the list', ['Escape'], focused('[role=listbox]')],
  ['Esc again leaves the search', ['Escape'], text('.list-pane .title', 'All records')],
  ['F6 goes to the record', ['F6'], focused('.record-pane')],
  ['F6 goes to the search', ['F6'], focused('.search input')],
  ['F6 goes to the tree', ['F6'], focused('[role=tree]')],
  ['letters find a vault', ['i', 'n', 'f'], text('[role=treeitem][aria-selected=true]', 'Infrastructure')],
  ['Right opens it', ['ArrowRight'], there('#tree-production')],
  ['Right steps in', ['ArrowRight'], text('[role=treeitem][aria-selected=true]', 'production')],
  ['Left steps out', ['ArrowLeft'], text('[role=treeitem][aria-selected=true]', 'Infrastructure')],
  ['Left closes it', ['ArrowLeft'], not(there('#tree-production'))],
  ['Enter goes to its list', ['Enter'], focused('[role=listbox]')],
  [
    'End reaches the last record',
    ['End'],
    `document.querySelector('[role=option][aria-selected=true]')?.ariaPosInSet === '184'`,
  ],
  [
    'Ctrl , opens the settings',
    ['Control+Comma'],
    `document.activeElement.closest('[role=dialog]') !== null`,
  ],
  [
    'keys of the workspace rest meanwhile',
    ['Control+KeyK'],
    `document.activeElement.closest('[role=dialog]') !== null`,
  ],
  ['Esc closes them', ['Escape'], not(there('[role=dialog]'))],
  ['and the focus is where it was', [], focused('[role=listbox]')],
  ['Ctrl / opens the sheet', ['Control+Slash'], text('[role=dialog]', 'Copy the one-time code')],
  ['Esc closes it', ['Escape'], not(there('[role=dialog]'))],
  ['E opens the form', ['KeyE'], focused('[data-testid=record-editor] input')],
  ['Esc asks once something was typed', ['End', 'type: and more', 'Escape'], there('[data-testid=question]')],
  [
    'Esc again goes on with the form as it was',
    ['Escape'],
    `${not(there('[role=dialog]'))} && document.querySelector('[data-testid=record-editor] input')?.value.endsWith('and more')`,
  ],
  ['and the focus is back in it', [], focused('[data-testid=record-editor] input')],
  ['Ctrl S saves', ['Control+KeyS'], text('.record-pane h2', 'and more')],
  ['N makes a record here', ['KeyN'], focused('[data-testid=record-editor] input')],
  ['Ctrl Enter saves it', ['type:Made by keys', 'Control+Enter'], text('.record-pane h2', 'Made by keys')],
  ['M asks where to', ['KeyM'], focused('[data-testid=place-picker] input')],
  ['Enter takes the found place', ['type:network', 'Enter'], text('.record-pane .path', 'network')],
  ['Delete puts it into the bin', ['Delete'], text('.toasts', 'in the bin')],
  ['F6 goes round to the tree', ['F6', 'F6'], focused('[role=tree]')],
  ['Shift F10 opens the menu of the vault', ['Shift+F10'], focused('[role=menuitem], [role=menu]')],
  ['Esc closes it and gives the focus back', ['Escape'], focused('[role=tree]')],
  [
    'Ctrl Shift N asks for the name of a folder',
    ['Control+Shift+KeyN'],
    focused('[data-testid=question] input'),
  ],
  ['Enter makes it and goes there', ['type:By keys', 'Enter'], text('.list-pane .title', 'By keys')],
  ['Ctrl L locks', ['Control+KeyL'], focused('input[type=password]')],
  [
    'and nothing of the vaults is left in the page',
    [],
    `!document.body.textContent.includes('PostgreSQL') && !document.body.textContent.includes('Infrastructure')`,
  ],
  ['the title never says more than the name', [], `document.title === 'Strongroom'`],
];

/** Asked again and again for two seconds; not by the page itself, whose policy evaluates nothing. */
async function holds(page: Page, claim: string): Promise<boolean> {
  for (let tries = 0; tries < 40; tries += 1) {
    if (await page.evaluate(`Boolean(${claim})`)) return true;
    await page.waitForTimeout(50);
  }
  return false;
}

/** Walks through; gives the names of the steps that did not lead where they should. */
export async function walkByKeys(page: Page): Promise<string[]> {
  const missed: string[] = [];
  for (const [name, keys, mustBe] of steps) {
    for (const key of keys) {
      if (key.startsWith('type:')) await page.keyboard.type(key.slice('type:'.length));
      else await page.keyboard.press(key);
    }
    if (!(await holds(page, mustBe))) {
      const at: unknown = await page.evaluate('document.activeElement?.outerHTML.slice(0, 400)');
      missed.push(`keyboard walk: ${name} (the focus is at ${String(at)})`);
    }
  }
  return missed;
}
