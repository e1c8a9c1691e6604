/** What a permission lets people do; one that has no words here is shown by its code. */
import { useI18n } from 'vue-i18n';

export function usePermissionWords(): (permission: string) => string {
  const { t, te } = useI18n();
  return (permission) => {
    const key = `team.roles.may.${permission}`;
    return te(key) ? t(key) : permission;
  };
}
