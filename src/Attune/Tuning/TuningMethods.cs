using System.Reflection;
using Attune.Formats;
using Attune.Nn;
using Attune.Recipes;

namespace Attune.Tuning;

/// <summary>The tuning methods that this process knows: Attune's own and those of assemblies that were added.</summary>
public static class TuningMethods
{
    private static readonly List<Assembly> Assemblies = [typeof(TuningMethods).Assembly];
    private static Registry<ITuningMethod> byName = Registry.Scan<ITuningMethod, TuningMethodAttribute>("tuning method", Assemblies);
    private static Registry<ITuningMethod> byPeftType = Registry.Scan<ITuningMethod, PeftTypeAttribute>("peft_type", Assemblies);

    /// <summary>The names that a recipe may use, sorted.</summary>
    public static IReadOnlyCollection<string> Names => byName.Names;

    /// <summary>For each name a function that asks for all of the method's options: what <see cref="RecipeNames.Methods"/> wants.</summary>
    public static IReadOnlyDictionary<string, Action<OptionReader>> Options =>
        Names.ToDictionary(name => name, name => (Action<OptionReader>)(options => Create(name, options).Dispose()));

    /// <summary>Adds the methods of another assembly.</summary>
    /// <param name="assembly">Its classes with <see cref="TuningMethodAttribute"/> and a constructor that takes an <see cref="OptionReader"/>.</param>
    public static void Add(Assembly assembly)
    {
        Assemblies.Add(assembly);
        byName = Registry.Scan<ITuningMethod, TuningMethodAttribute>("tuning method", Assemblies);
        byPeftType = Registry.Scan<ITuningMethod, PeftTypeAttribute>("peft_type", Assemblies);
    }

    /// <summary>Makes a method, not yet attached.</summary>
    /// <param name="name">One of <see cref="Names"/>.</param>
    /// <param name="options">Its options.</param>
    /// <exception cref="AttuneException">There is no such method; the nearest is suggested.</exception>
    public static ITuningMethod Create(string name, OptionReader options) => byName.Create(name, options);

    /// <summary>Makes the method that a recipe chose.</summary>
    /// <param name="choice">The recipe's <c>method</c>.</param>
    /// <exception cref="AttuneException">There is no such method, or options are wrong: all of them are told.</exception>
    public static ITuningMethod Create(MethodChoice choice)
    {
        ArgumentNullException.ThrowIfNull(choice);
        return OptionReader.Read(choice.Options, "method." + choice.Name, options => Create(choice.Name, options));
    }

    /// <summary>Opens a saved adapter onto a model: attached, loaded, nothing asking for gradients.</summary>
    /// <param name="folder">A folder with adapter_config.json and adapter_model.safetensors, as PEFT writes it.</param>
    /// <param name="model">The model that it was made for.</param>
    /// <param name="notices">Told what of the adapter is ignored, and whether it was made for another model; null: nobody asks.</param>
    /// <exception cref="AttuneException">The adapter is absent, broken, of a type that is not there, or was made for another model.</exception>
    public static ITuningMethod Open(string folder, PretrainedModel model, Notices? notices = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        var method = FromConfig(AdapterFiles.OpenConfig(folder), AdapterFiles.Teller(notices));
        try
        {
            method.Attach(model, seed: 0);
            method.Load(folder);
            AdapterFiles.TellOfOtherBase(folder, model, notices);
            foreach (var (_, trained) in method.Trainable)
            {
                trained.requires_grad_(false);
            }

            return method;
        }
        catch
        {
            method.Detach();
            method.Dispose();
            throw;
        }
    }

    internal static ITuningMethod FromConfig(HuggingFaceConfig config, Action<string>? warn)
    {
        string type = config.GetString("peft_type");
        return byPeftType.Contains(type) ? byPeftType.Create(type, config, warn ?? (_ => { }))
            : throw config.Error("peft_type", $"is {Formats.Names.Quote(type)}, which is not there", $"known are {string.Join(", ", byPeftType.Names)}");
    }
}
