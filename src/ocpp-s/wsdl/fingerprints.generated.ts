// Generated from the WSDLs of OCPP 1.6 by `npm run generate`: edit those instead.

/** Of the WSDLs that the model of OCPP 1.6 was generated from. */
export const fingerprints = {
  CentralSystem: 'cfeeb37e7e9effab3ec9a0e4a1889a077e1fe098893f18f48acf6c4580b5900a',
  ChargePoint: 'cad0508d3dc6df9fa9d9c392f3259b5bfbd5a035b900d70b1ee43fb6f59d6b62',
} as const;
