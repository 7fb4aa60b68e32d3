# step: scale
kubectl scale replicaset --all --replicas=10
