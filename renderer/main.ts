/** Starts the page: stores, languages, screens. Everything it knows comes over the bridge. */
import { createPinia } from 'pinia';
import { createApp } from 'vue';
import App from './app/App.vue';
import { createForgetting } from './app/forgetting.ts';
import { i18n } from './app/i18n.ts';
import { router } from './app/router.ts';
import './ui/fonts.css';
import './ui/tokens.css';
import './ui/base.css';

const forgetting = createForgetting();
const pinia = createPinia();
pinia.use(forgetting.plugin);

createApp(App, { forgetEverything: forgetting.forgetEverything })
  .use(pinia)
  .use(i18n)
  .use(router)
  .mount('#app');
