/** `Menu`, `MenuItem` and `globalShortcut`: kept as given; keys and tests press them. */
import type { ToMain } from './in-page/preload-world.ts';
import { strict, type StandInFor } from './shape.ts';

type ItemOptions = Electron.MenuItemConstructorOptions;

/** One item, with its submenu built. */
export class MenuItem implements StandInFor<
  Electron.MenuItem,
  'label' | 'enabled' | 'visible' | 'checked' | 'id'
> {
  readonly id: string;
  readonly label: string;
  readonly role: string | undefined;
  readonly type: string;
  /** Empty where it is only printed. */
  readonly accelerator: string;
  readonly submenu: Menu | undefined;
  enabled: boolean;
  visible: boolean;
  checked: boolean;
  private readonly onClick: ItemOptions['click'];

  constructor(options: ItemOptions) {
    const { submenu } = options;
    this.label = options.label ?? options.role ?? '';
    this.id = options.id ?? this.label;
    this.role = options.role;
    this.type = options.type ?? (submenu === undefined ? 'normal' : 'submenu');
    this.accelerator = options.registerAccelerator === false ? '' : String(options.accelerator ?? '');
    this.enabled = options.enabled ?? true;
    this.visible = options.visible ?? true;
    this.checked = options.checked ?? false;
    this.onClick = options.click;
    this.submenu = Array.isArray(submenu) ? Menu.buildFromTemplate(submenu) : undefined;
  }

  /** Does what a person's click does; a role without a click of its own does nothing here. */
  click(): void {
    const { onClick } = this;
    if (!this.enabled || onClick === undefined) return;
    if (this.type === 'checkbox') this.checked = !this.checked;
    onClick(this as unknown as Electron.MenuItem, undefined, {} as Electron.KeyboardEvent);
  }
}

let applicationMenu: Menu | null = null;

/** A menu, whether in a bar, a tray or under the pointer. */
export class Menu implements StandInFor<Electron.Menu, 'items' | 'closePopup' | 'getMenuItemById'> {
  readonly items: MenuItem[] = [];

  static buildFromTemplate(template: (ItemOptions | MenuItem)[]): Menu {
    const menu = new Menu();
    for (const one of template) menu.append(one instanceof MenuItem ? one : new MenuItem(one));
    return menu;
  }

  static setApplicationMenu(menu: Menu | null): void {
    applicationMenu = menu;
  }

  static getApplicationMenu(): Menu | null {
    return applicationMenu;
  }

  append(item: MenuItem): void {
    this.items.push(item);
  }

  getMenuItemById(id: string): MenuItem | null {
    return this.everyItem().find((item) => item.id === id) ?? null;
  }

  // Nobody can see a menu here; a test clicks its items by their labels.
  popup(_options?: unknown): void {}
  closePopup(): void {}

  /** The stand-in's own: all items, those of submenus included. */
  everyItem(): MenuItem[] {
    return this.items.flatMap((item) => [item, ...(item.submenu?.everyItem() ?? [])]);
  }
}

const shortcuts = new Map<string, () => void>();

export const globalShortcut = strict('globalShortcut', {
  register: (accelerator: string, callback: () => void): boolean => {
    shortcuts.set(canonical(accelerator), callback);
    return true;
  },
  registerAll: (accelerators: string[], callback: () => void): void => {
    for (const one of accelerators) shortcuts.set(canonical(one), callback);
  },
  isRegistered: (accelerator: string): boolean => shortcuts.has(canonical(accelerator)),
  unregister: (accelerator: string): void => {
    shortcuts.delete(canonical(accelerator));
  },
  unregisterAll: (): void => {
    shortcuts.clear();
  },
} satisfies StandInFor<
  Electron.GlobalShortcut,
  'register' | 'registerAll' | 'isRegistered' | 'unregister' | 'unregisterAll'
>);

/** One spelling for `CmdOrCtrl+Shift+L`, `shift+ctrl+l` and the like. */
function canonical(accelerator: string): string {
  const mac = process.platform === 'darwin';
  const parts = accelerator.toLowerCase().split('+');
  const spelled = parts.map((part) => {
    if (/^(commandorcontrol|cmdorctrl)$/.test(part)) return mac ? 'meta' : 'ctrl';
    if (/^(command|cmd|super|meta)$/.test(part)) return 'meta';
    return part === 'control' ? 'ctrl' : part === 'option' ? 'alt' : part;
  });
  return spelled.sort().join('+');
}

/** A chord from a page: the application menu's item with that accelerator is clicked. */
export function pressAccelerator(line: ToMain & { type: 'key' }): void {
  const key = line.code.startsWith('Key') ? line.code.slice(3) : line.key;
  const held = [line.ctrl && 'ctrl', line.shift && 'shift', line.alt && 'alt', line.meta && 'meta'];
  const pressed = canonical([...held.filter((one) => one !== false), key].join('+'));
  const items = applicationMenu?.everyItem() ?? [];
  items.find((item) => item.accelerator !== '' && canonical(item.accelerator) === pressed)?.click();
}

/** A global shortcut, pressed by a test; false where none is registered. */
export function pressGlobalShortcut(accelerator: string): boolean {
  const callback = shortcuts.get(canonical(accelerator));
  callback?.();
  return callback !== undefined;
}
