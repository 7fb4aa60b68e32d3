# step: restart
kubectl set image deployment/cart cart=sim.tabernetes.dev/web:v1
