/**
 * The screens. History stays in memory: an address would only be one more place that could
 * hold the name or id of something.
 */
import { createMemoryHistory, createRouter } from 'vue-router';
import EnrolmentScreen from '../features/accounts/EnrolmentScreen.vue';
import UnlockScreen from '../features/unlock/UnlockScreen.vue';
import WorkspaceScreen from '../features/workspace/WorkspaceScreen.vue';
import StartScreen from './StartScreen.vue';

export const router = createRouter({
  history: createMemoryHistory(),
  routes: [
    { path: '/', name: 'start', component: StartScreen },
    { path: '/accounts/add', name: 'addAccount', component: EnrolmentScreen },
    { path: '/unlock', name: 'unlock', component: UnlockScreen },
    { path: '/vaults', name: 'workspace', component: WorkspaceScreen },
  ],
});
