/** The page's sentences in two languages; the browser's own language decides. */

const english = {
  title: 'Shared with you',
  loading: 'Looking whether the link can be opened …',
  intro: 'Somebody has shared a record with you. It is decrypted here, in your browser.',
  once: 'This link opens once. Three minutes after you open it, it ends.',
  many: 'This link can be opened more than once.',
  until: 'It ends on {moment}.',
  open: 'Open',
  opening: 'Opening …',
  over: 'This link has ended',
  overMore: 'It was opened already, its time is up, or it was taken back. Ask whoever sent it for a new one.',
  incomplete: 'The address is not complete',
  incompleteMore:
    'The part after the # is missing, and without it nothing can be decrypted. Open the link exactly as it was sent to you.',
  wrongCode: 'The code in the address is wrong',
  wrongCodeMore:
    'The link itself can still be opened. Copy the whole address from the message, to its last character.',
  busy: 'Too many attempts',
  busyMore: 'Wait a few minutes and try again.',
  offline: 'The server cannot be reached',
  offlineMore: 'Check your connection and try again.',
  insecure: 'This browser cannot decrypt here',
  insecureMore: 'Decrypting needs a secure connection (https) and a current browser.',
  damaged: 'The record cannot be read',
  damagedMore: 'It was opened, but what came does not decrypt. Ask whoever sent it for a new link.',
  again: 'Try again',
  login: 'Login',
  password: 'Password',
  address: 'Address',
  description: 'Description',
  files: 'Files',
  show: 'Show',
  hide: 'Hide',
  copy: 'Copy',
  copied: 'Copied',
  notCopied: 'Not copied. Select the text and copy it yourself.',
  save: 'Save',
  saving: 'Fetching … {percent} %',
  saved: 'Saved',
  notSaved: 'This file could not be fetched. The link may have ended.',
  fileDamaged: 'This file is not what was sent. Nothing was saved.',
  seconds: '{count} s',
  badCode: 'No one-time codes can be made of this value.',
  nothing: 'There is nothing in this record but its name.',
  onceOpened: 'This link ends three minutes after it was opened. Save what you need now.',
  close: 'Close this page when you are done. Nothing of it is kept in this browser.',
  hidden: 'Hidden',
};

/** @typedef {keyof typeof english} Word */

/** @type {Record<Word, string>} */
const russian = {
  title: 'С вами поделились',
  loading: 'Проверяем, можно ли открыть ссылку …',
  intro: 'С вами поделились записью. Она расшифровывается здесь, в вашем браузере.',
  once: 'Ссылка открывается один раз. Через три минуты после открытия она перестанет действовать.',
  many: 'Эту ссылку можно открывать несколько раз.',
  until: 'Она действует до: {moment}.',
  open: 'Открыть',
  opening: 'Открываем …',
  over: 'Ссылка больше не действует',
  overMore: 'Её уже открыли, её срок истёк или её отозвали. Попросите новую у того, кто её прислал.',
  incomplete: 'Адрес неполный',
  incompleteMore:
    'Нет части после знака #, а без неё ничего не расшифровать. Откройте ссылку точно в том виде, в каком её прислали.',
  wrongCode: 'Код в адресе неверный',
  wrongCodeMore: 'Саму ссылку ещё можно открыть. Скопируйте адрес из сообщения целиком, до последнего знака.',
  busy: 'Слишком много попыток',
  busyMore: 'Подождите несколько минут и попробуйте снова.',
  offline: 'Сервер недоступен',
  offlineMore: 'Проверьте соединение и попробуйте снова.',
  insecure: 'Этот браузер не может здесь расшифровать',
  insecureMore: 'Нужны защищённое соединение (https) и современный браузер.',
  damaged: 'Запись не читается',
  damagedMore:
    'Она открыта, но полученное не расшифровывается. Попросите новую ссылку у того, кто её прислал.',
  again: 'Попробовать снова',
  login: 'Логин',
  password: 'Пароль',
  address: 'Адрес',
  description: 'Описание',
  files: 'Файлы',
  show: 'Показать',
  hide: 'Скрыть',
  copy: 'Копировать',
  copied: 'Скопировано',
  notCopied: 'Не скопировано. Выделите текст и скопируйте сами.',
  save: 'Сохранить',
  saving: 'Загрузка … {percent} %',
  saved: 'Сохранено',
  notSaved: 'Файл не удалось получить. Возможно, ссылка больше не действует.',
  fileDamaged: 'Это не тот файл, который вам отправили. Ничего не сохранено.',
  seconds: '{count} с',
  badCode: 'Из этого значения одноразовые коды не получаются.',
  nothing: 'В этой записи нет ничего, кроме названия.',
  onceOpened: 'Через три минуты после открытия ссылка перестанет действовать. Сохраните нужное сейчас.',
  close: 'Закончив, закройте страницу. В браузере от неё ничего не остаётся.',
  hidden: 'Скрыто',
};

/** The language of the page: Russian where the browser prefers it. */
export const language = (navigator.languages[0] ?? navigator.language).toLowerCase().startsWith('ru')
  ? 'ru'
  : 'en';

const words = language === 'ru' ? russian : english;

/**
 * A sentence, with what is to be filled in.
 *
 * @param {Word} word
 * @param {Record<string, string>} [fill]
 */
export function say(word, fill = {}) {
  return words[word].replace(/\{(\w+)\}/g, (whole, name) => fill[name] ?? whole);
}

/** Unix seconds as a date and time. @param {number} seconds */
export function moment(seconds) {
  const form = new Intl.DateTimeFormat(language, { dateStyle: 'long', timeStyle: 'short' });
  return form.format(new Date(seconds * 1000));
}
