import { EnrollmentForm } from './EnrollmentForm.tsx';
import { RunView } from './RunView.tsx';
import { useDesk } from './use-desk.ts';
import { World } from './World.tsx';

/** Enrolls one record of the simulator, and shows everything that follows. */
export function Workbench() {
  const { state, error, act } = useDesk();
  return (
    <>
      <h2>Workbench</h2>
      <p className="microcopy">Enroll a record of the simulator, and see what the action does with it.</p>
      {error !== undefined && (
        <p className="complaint" role="alert">
          {error}
        </p>
      )}
      {state !== undefined && (
        <>
          <EnrollmentForm desk={state} onEnroll={(form) => act('enroll', form)} />
          <World desk={state} act={act} />
          <section aria-label="Enrollments" className="runs">
            {state.runs.map((run, index) => (
              <RunView key={run.id} run={run} isNewest={index === 0} />
            ))}
          </section>
        </>
      )}
    </>
  );
}
