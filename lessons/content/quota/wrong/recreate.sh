# step: out
kubectl patch deployment search --patch '{"spec":{"strategy":{"type":"Recreate","rollingUpdate":null}}}'
