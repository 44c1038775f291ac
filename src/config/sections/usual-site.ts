import { readSite } from '../../../optimizer/scenario-site.ts';

/** A site of which nothing was said: where the defaults of site files come from. */
export const usual = readSite({ tree: [{ id: 'grid', maxCurrentA: 0 }], connectors: [{ chargePoint: 'charger' }] }, '');

const [node] = usual.site.tree;
const [connector] = usual.site.connectors;
if (node === undefined || connector === undefined) throw new Error('the usual site has no node or no connector');

export const usualNode = node;
export const usualConnector = connector;
