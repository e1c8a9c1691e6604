/** The three types a custom field can have, as a menu and as a choice. */
import { KeyRound, TextCursorInput, Timer } from '@lucide/vue';
import { computed } from 'vue';
import { useI18n } from 'vue-i18n';
import type { MenuAction } from '../../ui/menuActions.ts';
import type { CustomType } from './draft.ts';

const icons = { text: TextCursorInput, password: KeyRound, totp: Timer } as const;
const types = ['text', 'password', 'totp'] as const satisfies readonly CustomType[];

export function useFieldTypes() {
  const { t } = useI18n();
  return {
    actions: computed((): MenuAction<CustomType>[] =>
      types.map((id) => ({ id, text: t(`editor.custom.type.${id}`), icon: icons[id] })),
    ),
    options: computed(() => types.map((value) => ({ value, text: t(`editor.custom.type.${value}`) }))),
  };
}
