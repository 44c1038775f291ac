/** The types of HiGHS name a module of WebAssembly; TypeScript knows it only with the library of browsers. */
declare namespace WebAssembly {
  interface Module {}
}
