/**
 * Imported before any schema is made: the page's policy has no room for evaluated code, which
 * zod otherwise writes itself at the first parse.
 */
import { z } from 'zod';

z.config({ jitless: true });
