/** The way to bring the shown account to this computer once more, beside the copy that is here. */
import { useRouter } from 'vue-router';
import { useEnrolment } from '../accounts/enrolment.ts';
import { useSession } from '../unlock/session.ts';

/** Answers the deed of a button: nobody is led there unasked. */
export function useStartAnew(): () => void {
  const router = useRouter();
  const session = useSession();
  const enrolment = useEnrolment();
  return () => {
    const account = session.current;
    if (!account) return;
    enrolment.start();
    enrolment.address = account.origin;
    enrolment.login = account.login;
    void router.push({ name: 'addAccount' });
  };
}
