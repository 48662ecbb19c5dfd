"""Loads a model.safetensors into the plain PyTorch module of its names, and saves a state dictionary.

Called by pytorch.test.ts with: the file to read, an image file of float32, the file to write.
Prints one line of JSON with the names, the shapes and the scores of the images.
"""
import json
import sys

import torch
from safetensors.torch import load_file, save_file
from torch import nn
from torch.nn.functional import max_pool2d, relu


class Net(nn.Module):
    """The module that src/ml/convolution-shape.ts describes, for images of 28 x 28."""

    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 8, 5)
        self.conv2 = nn.Conv2d(8, 16, 5)
        self.fc = nn.Linear(256, 10)

    def forward(self, x):
        x = relu(max_pool2d(self.conv1(x), 2))
        x = relu(max_pool2d(self.conv2(x), 2))
        return self.fc(x.flatten(1))


given, images, written = sys.argv[1:4]
net = Net()
net.load_state_dict(load_file(given), strict=True)
with open(images, "rb") as file:
    batch = torch.frombuffer(bytearray(file.read()), dtype=torch.float32).reshape(-1, 1, 28, 28)
with torch.no_grad():
    scores = net(batch).tolist()
save_file({name: tensor.contiguous() for name, tensor in net.state_dict().items()}, written, metadata={"format": "pt"})
shapes = {name: list(tensor.shape) for name, tensor in net.state_dict().items()}
print(json.dumps({"shapes": shapes, "scores": scores}))
