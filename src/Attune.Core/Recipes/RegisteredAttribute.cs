namespace Attune.Recipes;

/// <summary>Gives a class the short name by which recipes and files name it; several, where it has several.</summary>
/// <param name="name">The name.</param>
[AttributeUsage(AttributeTargets.Class, AllowMultiple = true, Inherited = false)]
public abstract class RegisteredAttribute(string name) : Attribute
{
    /// <summary>The short name.</summary>
    public string Name { get; } = name;
}

/// <summary>A model family, named as <c>model_type</c> in config.json.</summary>
/// <param name="name">The <c>model_type</c>: <c>llama</c>.</param>
[AttributeUsage(AttributeTargets.Class, AllowMultiple = true, Inherited = false)]
public sealed class ModelFamilyAttribute(string name) : RegisteredAttribute(name);

/// <summary>A tuning method, named as in a recipe's <c>method</c>.</summary>
/// <param name="name">The short name: <c>lora</c>.</param>
[AttributeUsage(AttributeTargets.Class, AllowMultiple = true, Inherited = false)]
public sealed class TuningMethodAttribute(string name) : RegisteredAttribute(name);

/// <summary>A task, named as in a recipe's <c>task</c>.</summary>
/// <param name="name">The short name: <c>chat</c>.</param>
[AttributeUsage(AttributeTargets.Class, AllowMultiple = true, Inherited = false)]
public sealed class TaskNameAttribute(string name) : RegisteredAttribute(name);

/// <summary>A tuning method that adapter_config.json names.</summary>
/// <param name="name">The <c>peft_type</c>: <c>LORA</c>.</param>
[AttributeUsage(AttributeTargets.Class, AllowMultiple = true, Inherited = false)]
public sealed class PeftTypeAttribute(string name) : RegisteredAttribute(name);
