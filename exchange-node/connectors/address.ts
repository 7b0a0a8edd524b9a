/** What is wrong with the address of a store, in words that repeat nothing of it: it may hold a password. */
export class AddressProblem extends Error {
  override name = 'AddressProblem'
}
