/** Judges passwords in a thread of its own; nothing but classes and reasons leaves it. */
import { parentPort } from 'node:worker_threads';
import { judgeAll, type JudgingAnswer, type JudgingJob } from './judging.ts';
import { PasswordJudge } from './weakness.ts';

const judge = new PasswordJudge();

function answerTo(job: JudgingJob): JudgingAnswer {
  try {
    return { ok: true, judged: judgeAll((password, own) => judge.judge(password, own), job) };
  } catch {
    // What the estimator threw may quote what it looked at, so that it failed is all that is said.
    return { ok: false };
  }
}

parentPort?.on('message', (job: JudgingJob) => {
  parentPort?.postMessage(answerTo(job));
});
