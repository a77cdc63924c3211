"""How the AWS CLI changes `eks`."""

RENAMES = {
    "create-cluster": {"version": "kubernetes-version"},
    "update-cluster-version": {"version": "kubernetes-version"},
    "create-nodegroup": {"version": "kubernetes-version"},
    "update-nodegroup-version": {"version": "kubernetes-version"},
}
