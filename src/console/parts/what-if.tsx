import { useSignal } from '@preact/signals';
import { type Failure, post } from '../api.ts';
import { kilowattHours, kilowatts, milliseconds, money } from '../format.ts';
import { mayOperate } from '../me.ts';
import type { PlanResult, WhatIf } from '../shapes.ts';
import { named, terms, words } from '../words/words.ts';
import { Section } from './facts.tsx';
import { Choice, Input } from './fields.tsx';
import { Trouble } from './notice.tsx';

type Wish = {
  readonly limitA: string;
  readonly place: string;
  readonly departure: string;
  readonly energyKwh: string;
  readonly maxCurrentA: string;
  readonly priority: string;
};

const nothingWished = { limitA: '', departure: '', energyKwh: '', maxCurrentA: '', priority: '' };

const placeOf = ({ chargePoint, connector }: PlanResult['connectors'][number]) => `${chargePoint}/${connector}`;

/** The change as the API takes it; what was left empty stays as it is. */
function bodyOf({ limitA, place, departure, energyKwh, maxCurrentA, priority }: Wish): unknown {
  const at = place.lastIndexOf('/');
  const session = {
    chargePoint: place.slice(0, at),
    connector: Number(place.slice(at + 1)),
    ...(departure === '' ? {} : { departure: new Date(departure).toISOString() }),
    ...(energyKwh === '' ? {} : { energyKwh: Number(energyKwh) }),
    ...(maxCurrentA === '' ? {} : { maxCurrentA: Number(maxCurrentA) }),
    ...(priority === '' ? {} : { priority: Number(priority) }),
  };
  return { sessions: [session], ...(limitA === '' ? {} : { limitA: Number(limitA) }) };
}

/** Plans once more with another wish, shows both plans, and applies nothing. */
export function WhatIfForm({ path, plan }: { readonly path: string; readonly plan: PlanResult }) {
  const { plan: texts, needsScope } = words.value;
  const first = plan.connectors[0];
  const wish = useSignal<Wish>({ place: first === undefined ? '' : placeOf(first), ...nothingWished });
  const answer = useSignal<WhatIf | undefined>(undefined);
  const failure = useSignal<Failure | undefined>(undefined);
  const isBusy = useSignal(false);
  if (first === undefined) return null;
  const ask = async () => {
    isBusy.value = true;
    const reply = await post<WhatIf>(`${path}/what-if`, bodyOf(wish.value));
    isBusy.value = false;
    answer.value = reply.kind === 'done' ? reply.value : undefined;
    failure.value = reply.kind === 'failed' ? reply.failure : undefined;
  };
  return (
    <Section title={texts.whatIf}>
      <p class="quiet">{texts.whatIfNote}</p>
      <form
        class="filters"
        onSubmit={(event) => {
          event.preventDefault();
          void ask();
        }}
      >
        <WishFields wish={wish.value} plan={plan} change={(changed) => (wish.value = { ...wish.value, ...changed })} />
        <button
          type="submit"
          class="main"
          disabled={isBusy.value || !mayOperate.value}
          title={mayOperate.value ? undefined : needsScope('operate')}
        >
          {isBusy.value ? texts.planning : texts.compare}
        </button>
      </form>
      {failure.value !== undefined && <Trouble failure={failure.value} />}
      {answer.value !== undefined && <Comparison answer={answer.value} place={wish.value.place} />}
    </Section>
  );
}

type WishFieldsProps = {
  readonly wish: Wish;
  readonly plan: PlanResult;
  readonly change: (changed: Partial<Wish>) => void;
};

function WishFields({ wish, plan, change }: WishFieldsProps) {
  const { plan: texts } = words.value;
  return (
    <>
      <Input type="number" label={texts.siteLimitA} value={wish.limitA} onChange={(limitA) => change({ limitA })} />
      <Choice
        label={terms.value.connector}
        value={wish.place}
        options={plan.connectors.map((each) => [placeOf(each), placeOf(each)] as const)}
        onChange={(place) => change({ place })}
      />
      <Input
        type="datetime-local"
        label={texts.departure}
        value={wish.departure}
        onChange={(departure) => change({ departure })}
      />
      <Input
        type="number"
        label={texts.wantedKwh}
        value={wish.energyKwh}
        onChange={(energyKwh) => change({ energyKwh })}
      />
      <Input
        type="number"
        label={texts.mostA}
        value={wish.maxCurrentA}
        onChange={(maxCurrentA) => change({ maxCurrentA })}
      />
      <Input type="number" label={texts.priority} value={wish.priority} onChange={(priority) => change({ priority })} />
    </>
  );
}

function Comparison({ answer: { present, changed }, place }: { readonly answer: WhatIf; readonly place: string }) {
  const { plan: texts } = words.value;
  const carIn = (plan: PlanResult) => plan.connectors.find((each) => placeOf(each) === place);
  const unmet = (plan: PlanResult) => plan.connectors.reduce((sum, { unmetKwh }) => sum + unmetKwh, 0);
  const rows: readonly (readonly [string, (plan: PlanResult) => string])[] = [
    [texts.status, ({ status }) => named(texts.statuses, status)],
    [texts.cost, ({ cost }) => money(cost.energy + cost.peak, cost.currency)],
    [texts.peak, ({ peakKw }) => kilowatts(peakKw)],
    [texts.unmet, (plan) => kilowattHours(unmet(plan))],
    [texts.energyOf(place), (plan) => kilowattHours(carIn(plan)?.energyKwh ?? 0)],
    [texts.unmetOf(place), (plan) => kilowattHours(carIn(plan)?.unmetKwh ?? 0)],
    [texts.solve, ({ solveMs }) => milliseconds(solveMs)],
  ];
  return (
    <div role="status">
      <table class="small-table comparison">
        <thead>
          <tr>
            <th scope="col">{texts.what}</th>
            <th scope="col" class="number">
              {texts.present}
            </th>
            <th scope="col" class="number">
              {texts.changed}
            </th>
          </tr>
        </thead>
        <tbody>
          {rows.map(([title, read]) => (
            <tr key={title} class={read(present) === read(changed) ? '' : 'differs'}>
              <th scope="row">{title}</th>
              <td class="number">{read(present)}</td>
              <td class="number">{read(changed)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <p class="quiet">{texts.notApplied}</p>
    </div>
  );
}
