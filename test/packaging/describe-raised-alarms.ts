import { QUIET, RAISING } from './alarm-scenes.ts';
import { type Alarm, isRaised } from './cloudwatch.ts';
import type { Packages } from './service-package.ts';
import { resourcesOf } from './template.ts';

export function describeRaisedAlarms(packages: () => Packages): void {
  const alarms = () => resourcesOf<Alarm>(packages().full.evaluated, 'AWS::CloudWatch::Alarm');

  it('[W10] Every alarm has something that raises it', () => {
    expect(Object.keys(RAISING).sort()).toEqual([...alarms().keys()].sort());
  });

  it.each(Object.entries(RAISING).map(([name, scene]) => ({ name, ...scene })))(
    '[W10] The alarm $name is raised when $what',
    ({ name, samples, minutes }) => {
      const alarm = alarms().get(name);
      expect(alarm !== undefined && isRaised(alarm, samples, minutes)).toBe(true);
    },
  );

  it.each(QUIET)('[W10] No alarm is raised by $what', ({ samples, minutes }) => {
    const raised = [...alarms()].filter(([, alarm]) => isRaised(alarm, samples, minutes)).map(([name]) => name);
    expect(raised).toEqual([]);
  });
}
