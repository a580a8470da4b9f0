using System.Text.Json.Nodes;
using Attune.Nn;
using static TorchSharp.torch;

namespace Attune.Tuning;

/// <summary>
/// What is trained of a model, and how it is kept. A method walks the model's named layers, attaches what it trains and freezes the rest;
/// it knows no family by name. A method is one file with <see cref="Recipes.TuningMethodAttribute"/> and a constructor that takes an
/// <see cref="Recipes.OptionReader"/>.
/// </summary>
public interface ITuningMethod : IDisposable
{
    /// <summary>Attaches to a model, once: what is new begins as a function of the seed and its name, all else is frozen.</summary>
    /// <param name="model">A model with its parameters loaded.</param>
    /// <param name="seed">The run's seed.</param>
    /// <exception cref="AttuneException">The options do not fit the model.</exception>
    void Attach(PretrainedModel model, long seed);

    /// <summary>What is trained, as leaves that ask for gradients, under the names of the files that <see cref="Save"/> writes.</summary>
    IReadOnlyList<(string Name, Tensor Tensor)> Trainable { get; }

    /// <summary>Whether it leaves an adapter, to be used with the pretrained model; else a whole model.</summary>
    bool IsAdapter { get; }

    /// <summary>Whether dropout is on. False at first.</summary>
    bool Training { get; set; }

    /// <summary>Its settings, as the file of settings in <see cref="Save"/>'s folder has them (<c>adapter_config.json</c>, <c>config.json</c>).</summary>
    JsonObject Describe();

    /// <summary>Writes what was trained: an adapter as PEFT does, or a model's folder.</summary>
    /// <param name="folder">Made where it is absent.</param>
    void Save(string folder);

    /// <summary>Takes over what <see cref="Save"/>, or PEFT or transformers, wrote for the same method and settings. The tensors stay the same objects.</summary>
    /// <param name="folder">The folder.</param>
    /// <exception cref="AttuneException">The files are absent, broken, or of another model or other settings; nothing was changed then.</exception>
    void Load(string folder);

    /// <summary>Folds what was trained into the model's own parameters, in float32, rounded once, and detaches.</summary>
    /// <exception cref="AttuneException">The sum cannot be written as parameters of this model; nothing was changed then.</exception>
    void Merge();

    /// <summary>Takes off the model what was attached.</summary>
    void Detach();
}
