using Attune.Formats;
using static TorchSharp.torch;

namespace Attune.Nn;

/// <summary>A model whose parameters come from a checkpoint: named layers, repeated blocks, a head. Tuning knows of a model what stands here.</summary>
public abstract class PretrainedModel : Layer
{
    /// <summary>Creates the model without memory.</summary>
    /// <param name="config">Its config.json.</param>
    protected PretrainedModel(HuggingFaceConfig config) => Config = config;

    /// <summary>Its config.json.</summary>
    public HuggingFaceConfig Config { get; }

    /// <summary>Where the model comes from, as adapters made for it name it: a hub id or a full path; null where nobody said.</summary>
    public string? NameOrPath { get; set; }

    /// <summary>What it does, in PEFT's words (<c>CAUSAL_LM</c>); null where PEFT has none.</summary>
    public abstract string? TaskType { get; }

    /// <summary>Layers besides the head that begin with random numbers because the checkpoint lacks them: methods train them whole.</summary>
    public IReadOnlyList<string> BegunLayers { get; set; } = [];

    /// <summary>The precision of activations and products. Weights kept in another are cast where they are used.</summary>
    public ScalarType ComputeType { get; set; } = float32;

    /// <summary>Whether the blocks' values are computed again in the backward pass instead of kept: less memory, about a third more time, the same bits.</summary>
    public bool CheckpointActivations { get; set; }

    /// <summary>Where its tensors lie.</summary>
    public Device Device { get; set; } = CPU;

    /// <summary>The repeated blocks, from the input up.</summary>
    public abstract IReadOnlyList<Layer> Blocks { get; }

    /// <summary>What turns hidden states into the task's results (logits); null where there is none.</summary>
    public abstract Layer? Head { get; }
}
