/**
 * Starts the built application for a test: on real Electron where its binary is installed,
 * else on the stand-in. A spec is written once and cannot tell which it runs on, but for
 * `isStandIn`.
 */
import { join } from 'node:path';
import { launchElectron } from '../desktop/driven/electron-app.ts';
import type { RunningApp } from '../desktop/driven/running-app.ts';
import { launchStandIn } from '../desktop/driven/stand-in-app.ts';
import { electronBinary } from '../desktop/electron-binary.ts';
import { projectRoot } from '../desktop/launch-line.ts';

export type { PowerEvent, RunningApp } from '../desktop/driven/running-app.ts';

/** What to start. */
export interface LaunchOptions {
  /** The profile folder; a test's own temporary one. */
  userDataDir: string;
  env?: Record<string, string>;
  args?: readonly string[];
  /** The main bundle; the application's own unless a test brings another. */
  main?: string;
}

/** Starts the application and waits until it answers. */
export async function launchApp(options: LaunchOptions): Promise<RunningApp> {
  const { userDataDir, env = {}, args = [], main = join(projectRoot, 'out', 'main', 'index.js') } = options;
  const binary = electronBinary();
  const launch = { main, args: [`--user-data-dir=${userDataDir}`, ...args], env };
  return binary === undefined ? launchStandIn(launch) : launchElectron(binary, launch);
}
