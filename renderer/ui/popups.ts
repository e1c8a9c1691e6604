/**
 * Where menus and tooltips are put in the page: inside the main landmark, so that whoever
 * listens to the page knows where they are; inside the dialog for what a dialog opens, since
 * everything outside an open dialog is hidden from assistive technology.
 */
import { inject, type InjectionKey, provide } from 'vue';

const popupHome: InjectionKey<string> = Symbol('popupHome');

/** Called by whatever makes its inside a home for popups. */
export function providePopupHome(selector: string): void {
  provide(popupHome, selector);
}

/** Selector of the element to teleport popups into. */
export function usePopupHome(): string {
  return inject(popupHome, '#screen');
}
