# step: budget
kubectl delete pdb cart
