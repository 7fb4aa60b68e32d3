# step: outside
kubectl patch deployment cart --patch '{"spec":{"template":{"metadata":{"labels":{"team":"shop"}}}}}'
