import { useMutation, useQueryClient } from '@tanstack/react-query'

/** A command for a screen: runs it, then asks anew for everything shown. `error` is what `Problem` tells; `after` gets the answer. */
export function useAct<I, O>(act: (input: I) => Promise<O>, after?: (out: O, input: I) => void) {
  const queries = useQueryClient()
  const { mutate, isPending, isSuccess, error, reset, data } = useMutation({
    mutationFn: act,
    onSuccess: async (out, input) => {
      await queries.invalidateQueries()
      after?.(out, input)
    },
  })
  return { run: mutate, busy: isPending, done: isSuccess, answer: data, error: error ?? undefined, reset }
}
