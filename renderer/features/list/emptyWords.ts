/** What an empty list says, by the place it stands for. */
import { Clock, CornerUpRight, Folder, Inbox, LayoutList, SearchX, Star, Tag, Vault } from '@lucide/vue';
import type { ViewSource } from './view.ts';

export function emptyWords(source: ViewSource) {
  if (source.kind === 'search') return { icon: SearchX, key: 'search' } as const;
  const { kind } = source.scope;
  const icons = {
    all: LayoutList,
    vault: Vault,
    folder: Folder,
    favourites: Star,
    recent: Clock,
    inbox: Inbox,
    shortcuts: CornerUpRight,
    tag: Tag,
  } as const;
  return { icon: icons[kind], key: kind } as const;
}
