import { amperes, count, fine, kilowattHours, kilowatts, milliseconds, money, moment, percent } from '../format.ts';
import { useLoaded } from '../load.ts';
import { Badge, type Tone } from '../parts/badge.tsx';
import { Facts, Section } from '../parts/facts.tsx';
import { Choice, Filters } from '../parts/fields.tsx';
import { Empty, WhenLoaded } from '../parts/notice.tsx';
import { Page } from '../parts/page.tsx';
import { SiteChart } from '../parts/site-chart.tsx';
import { WhatIfForm } from '../parts/what-if.tsx';
import { hashOf, here } from '../route.ts';
import type { PlannedConnector, PlannedNode, PlanResult, SiteSummary } from '../shapes.ts';
import { useSite } from '../site.ts';
import { named, pageNames, terms, words } from '../words/words.ts';

export function PlanPage() {
  const { plan: texts } = words.value;
  const { state, again } = useLoaded<{ readonly sites: readonly SiteSummary[] }>('/api/sites');
  return (
    <WhenLoaded loaded={state.value} again={again}>
      {({ sites }) => {
        const chosen = sites.find(({ id }) => id === here.value.id) ?? sites[0];
        return (
          <Page title={pageNames.value.plan}>
            {sites.length > 1 && chosen !== undefined && (
              <Filters>
                <Choice
                  label={terms.value.site}
                  value={chosen.id}
                  options={sites.map(({ id }) => [id, id] as const)}
                  onChange={(id) => (location.hash = hashOf('plan', id))}
                />
              </Filters>
            )}
            {chosen === undefined ? <Empty>{texts.noSites}</Empty> : <Site key={chosen.id} id={chosen.id} />}
          </Page>
        );
      }}
    </WhenLoaded>
  );
}

function Site({ id }: { readonly id: string }) {
  const { plan: texts } = words.value;
  const { path, sheet, history } = useSite(id);
  return (
    <WhenLoaded loaded={sheet.state.value} again={sheet.again}>
      {(site) => (
        <>
          <Section title={texts.actual}>
            <WhenLoaded loaded={history.state.value} again={history.again}>
              {(past) => <SiteChart site={site} history={past} />}
            </WhenLoaded>
          </Section>
          {site.plan === undefined ? <Empty>{texts.noPlan}</Empty> : <PlanPanels plan={site.plan} at={site.plan.at} />}
          {site.plan !== undefined && <WhatIfForm path={path} plan={site.plan} />}
        </>
      )}
    </WhenLoaded>
  );
}

const statusTones: Readonly<Record<string, Tone>> = { optimal: 'good', feasible: 'warn', fallback: 'bad' };

function PlanPanels({ plan, at }: { readonly plan: PlanResult; readonly at: string }) {
  const { plan: texts } = words.value;
  const unmet = plan.connectors.reduce((sum, { unmetKwh }) => sum + unmetKwh, 0);
  return (
    <>
      <Section
        title={texts.lastPlan}
        aside={<Badge tone={statusTones[plan.status] ?? 'idle'}>{named(texts.statuses, plan.status)}</Badge>}
      >
        <Facts
          facts={[
            [texts.at, moment(Date.parse(at))],
            [texts.engine, named(texts.engines, plan.engine)],
            [texts.solve, milliseconds(plan.solveMs)],
            [texts.gap, plan.gap === null ? '–' : percent(plan.gap)],
            [texts.cost, money(plan.cost.energy + plan.cost.peak, plan.cost.currency)],
            [texts.peak, kilowatts(plan.peakKw)],
            [texts.unmet, kilowattHours(unmet)],
            [texts.slots, texts.slotsOf(count(plan.slots.length), count(plan.slotMinutes))],
          ]}
        />
      </Section>
      <div class="columns even">
        <Binding nodes={plan.nodes} />
        <Cars connectors={plan.connectors} />
      </div>
    </>
  );
}

/** A node binds in a slot in which a tenth of an ampere more does not fit. */
const bindsA = 0.1;

function Binding({ nodes }: { readonly nodes: readonly PlannedNode[] }) {
  const { plan: texts } = words.value;
  return (
    <Section title={texts.binding}>
      <table class="small-table">
        <thead>
          <tr>
            <th scope="col">{terms.value.limit}</th>
            <th scope="col" class="number">
              {texts.now}
            </th>
            <th scope="col" class="number">
              {texts.fullFor}
            </th>
          </tr>
        </thead>
        <tbody>
          {nodes.map(({ id, phase, limitA, usedA }) => {
            const full = limitA.filter((limit, slot) => limit - (usedA[slot] ?? 0) < bindsA).length;
            return (
              <tr key={`${id} ${phase}`}>
                <th scope="row">
                  {id} <span class="quiet">{phase === 'all' ? texts.allPhases : phase}</span>
                </th>
                <td class="number">
                  {fine(usedA[0] ?? 0)} / {amperes(limitA[0] ?? 0)}
                </td>
                <td class="number">
                  {full === 0 ? (
                    <span class="quiet">–</span>
                  ) : (
                    <Badge tone="warn">{percent(full / Math.max(1, limitA.length))}</Badge>
                  )}
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </Section>
  );
}

function Cars({ connectors }: { readonly connectors: readonly PlannedConnector[] }) {
  const { plan: texts } = words.value;
  if (connectors.length === 0) return <Section title={texts.cars}>{<Empty>{texts.noCars}</Empty>}</Section>;
  return (
    <Section title={texts.cars}>
      <table class="small-table">
        <thead>
          <tr>
            <th scope="col">{terms.value.connector}</th>
            <th scope="col" class="number">
              {texts.now}
            </th>
            <th scope="col" class="number">
              {terms.value.energy}
            </th>
            <th scope="col" class="number">
              {texts.unmet}
            </th>
            <th scope="col">{texts.limitedBy}</th>
          </tr>
        </thead>
        <tbody>
          {connectors.map((car) => (
            <CarRow key={`${car.chargePoint} ${car.connector}`} car={car} />
          ))}
        </tbody>
      </table>
    </Section>
  );
}

function CarRow({ car }: { readonly car: PlannedConnector }) {
  const { plan: texts } = words.value;
  return (
    <tr>
      <th scope="row">
        <a href={hashOf('chargers', car.chargePoint)}>{car.chargePoint}</a> <span class="quiet">{car.connector}</span>
      </th>
      <td class="number">{amperes(car.currentA[0] ?? 0)}</td>
      <td class="number">{kilowattHours(car.energyKwh)}</td>
      <td class="number">
        {car.unmetKwh > 0.05 ? <Badge tone="bad">{kilowattHours(car.unmetKwh)}</Badge> : <span class="quiet">–</span>}
      </td>
      <td>
        {[
          ...new Set(
            car.limitedBy.map(({ kind, id }) => texts.limitation(named(texts.limits, kind), kind === 'node' ? id : '')),
          ),
        ].join(', ')}
      </td>
    </tr>
  );
}
