# step: update
kubectl patch deployment web --patch '{"spec":{"strategy":{"type":"Recreate","rollingUpdate":null}}}'

kubectl set image deployment/web web=sim.tabernetes.dev/web:v2
