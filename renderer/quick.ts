/** Starts the page of the quick-access window: a page of its own, so that it is there at once. */
import { createPinia } from 'pinia';
import { createApp } from 'vue';
import { createForgetting } from './app/forgetting.ts';
import { i18n } from './app/i18n.ts';
import QuickApp from './features/quick/QuickApp.vue';
import './ui/fonts.css';
import './ui/tokens.css';
import './ui/base.css';

const forgetting = createForgetting();
const pinia = createPinia();
pinia.use(forgetting.plugin);

createApp(QuickApp, { forgetEverything: forgetting.forgetEverything }).use(pinia).use(i18n).mount('#app');
