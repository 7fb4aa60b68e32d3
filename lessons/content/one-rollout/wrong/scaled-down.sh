# step: pause
kubectl scale deployment/blog --replicas=0
